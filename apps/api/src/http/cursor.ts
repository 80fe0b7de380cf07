import type { PagePosition } from '@cairn/dao';
import { compile, http, ValidationError } from '@cairn/dto';

/** PostgreSQL has no year 0. */
const INSTANT = /^(?!0000)\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/;

/** A place in a list as clients carry it: opaque to them, and made of letters, digits, `-` and `_`. */
export function writeCursor({ createdAt, id }: PagePosition): string {
  return Buffer.from(JSON.stringify([createdAt, id])).toString('base64url');
}

/** @throws ValidationError when it is not one that was given out. */
export function readCursor(cursor: string | undefined): PagePosition | undefined {
  if (cursor === undefined) return undefined;
  const position = parse(cursor);
  if (position && writeCursor(position) === cursor) return position;
  throw new ValidationError(
    [{ path: '/cursor', code: 'VALIDATION_ERROR', message: 'is not the nextCursor of a page' }],
    'The request',
  );
}

function parse(cursor: string): PagePosition | undefined {
  try {
    const [createdAt, id] = JSON.parse(Buffer.from(cursor, 'base64url').toString()) as [string, string];
    return isInstant(createdAt) && compile(http.Uuid).check(id).length === 0 ? { createdAt, id } : undefined;
  } catch {
    return undefined;
  }
}

/** A date that exists, with the microseconds of the database. */
function isInstant(text: unknown): text is string {
  if (typeof text !== 'string' || !INSTANT.test(text)) return false;
  const date = new Date(text);
  return !Number.isNaN(date.getTime()) && date.toISOString().slice(0, 19) === text.slice(0, 19);
}
