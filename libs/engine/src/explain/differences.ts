import { isFile } from './show-value.js';

/** A place at which two JSON values differ; `undefined` stands for what is not there. */
export interface Difference {
  readonly path: readonly string[];
  readonly old: unknown;
  readonly new: unknown;
}

type Fields = Readonly<Record<string, unknown>>;
const isFields = (value: unknown): value is Fields =>
  value !== null && typeof value === 'object' && !Array.isArray(value);

/**
 * Where two JSON values differ, from the first to the second, each place as deep as it goes; items of lists are compared
 * by their place. A file whose bytes differ is one difference.
 */
export function differences(old: unknown, now: unknown, path: readonly string[] = []): Difference[] {
  if (Object.is(old, now)) return [];
  const bothFiles = isFile(old) && isFile(now);
  if (bothFiles && old.digest !== now.digest) return [{ path, old, new: now }];
  if (isFields(old) && isFields(now) && isFile(old) === isFile(now)) {
    const keys = [...new Set([...Object.keys(old), ...Object.keys(now)])];
    return keys.flatMap(key => differences(own(old, key), own(now, key), [...path, key]));
  }
  if (Array.isArray(old) && Array.isArray(now)) {
    const length = Math.max(old.length, now.length);
    return Array.from({ length }, (_, at) => at).flatMap(at =>
      differences(old[at] as unknown, now[at] as unknown, [...path, String(at)]),
    );
  }
  return [{ path, old, new: now }];
}

const own = (value: Fields, key: string): unknown => (Object.hasOwn(value, key) ? value[key] : undefined);
