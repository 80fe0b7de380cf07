import { ValidationError } from '@cairn/dto';

/** A place in a list of events as clients carry it: opaque to them, and made of letters, digits, `-` and `_`. */
export const writePosition = (position: number): string => Buffer.from(`@${position}`).toString('base64url');

/** @throws ValidationError when it is not one that was given out. */
export function readPosition(cursor: string | undefined): number | undefined {
  if (cursor === undefined) return undefined;
  const [, digits] = /^@([1-9]\d{0,14})$/.exec(Buffer.from(cursor, 'base64url').toString()) ?? [];
  if (digits !== undefined && writePosition(Number(digits)) === cursor) return Number(digits);
  throw new ValidationError(
    [{ path: '/cursor', code: 'VALIDATION_ERROR', message: 'is not the nextCursor of a page' }],
    'The request',
  );
}
