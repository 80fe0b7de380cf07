import type { History } from './history-files.js';

/** What is replaced wherever it stands, in texts of events and inside payloads: from what, to what. */
export type Replacements = readonly (readonly [from: string, to: string])[];

/** Fields that name a process, a program or a place in its code. A replay reads none of them. */
const NAMELESS: Readonly<Record<string, string>> = {
  identity: 'cairn',
  stackTrace: '',
  binaryChecksum: '',
  buildId: '',
};

/** A history without identities, places and names of this machine: what it has instead replays the same. */
export function scrub(history: History, replacements: Replacements): History {
  return clean(history, replacements) as History;
}

/** The texts of a history: of its events, and of all payloads, decoded. */
export function textsOf(history: History): string {
  const texts: string[] = [];
  const visit = (value: unknown): void => {
    if (typeof value === 'string') texts.push(value);
    if (!isObject(value) && !Array.isArray(value)) return;
    if (isPayload(value)) texts.push(decoded(value.data));
    else Object.values(value).forEach(visit);
  };
  visit(history);
  return texts.join('\n');
}

function clean(value: unknown, replacements: Replacements): unknown {
  if (typeof value === 'string') return replaced(value, replacements);
  if (Array.isArray(value)) return value.map(each => clean(each, replacements));
  if (!isObject(value)) return value;
  if (isPayload(value)) {
    const data = Buffer.from(replaced(decoded(value.data), replacements)).toString('base64');
    return { ...value, data };
  }
  // The queue of one process, where Temporal finds a workflow that is in its memory.
  if (value['kind'] === 'TASK_QUEUE_KIND_STICKY') return { ...value, name: 'sticky' };
  return Object.fromEntries(
    Object.entries(value).map(([key, field]) => [
      key,
      typeof field === 'string' && Object.hasOwn(NAMELESS, key) ? NAMELESS[key] : clean(field, replacements),
    ]),
  );
}

const replaced = (text: string, replacements: Replacements) =>
  replacements.reduce((before, [from, to]) => before.replaceAll(from, to), text);
const decoded = (data: string) => Buffer.from(data, 'base64').toString('utf8');
const isObject = (value: unknown): value is Record<string, unknown> =>
  value !== null && typeof value === 'object' && !Array.isArray(value);
const isPayload = (value: unknown): value is { readonly data: string } =>
  isObject(value) && isObject(value['metadata']) && typeof value['data'] === 'string';
