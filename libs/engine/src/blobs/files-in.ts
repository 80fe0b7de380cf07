import type { FileRef } from '@cairn/skill-kit';

/** A file reference in JSON. */
export interface FileIn {
  readonly path: readonly string[];
  readonly file: FileRef;
}

const DIGEST = /^sha256:[0-9a-f]{64}$/;

/** The file references in a JSON value, wherever they stand, in its order. */
export function filesIn(value: unknown, path: readonly string[] = []): readonly FileIn[] {
  if (value === null || typeof value !== 'object') return [];
  if (isFile(value)) return [{ path, file: value }];
  return Object.entries(value).flatMap(([key, item]) => filesIn(item, [...path, key]));
}

function isFile(value: object): value is FileRef {
  const { type, digest, size } = value as { type?: unknown; digest?: unknown; size?: unknown };
  return (
    typeof type === 'string' && typeof digest === 'string' && DIGEST.test(digest) && typeof size === 'number'
  );
}
