import { expect, test } from '@jest/globals';
import { ValidationError } from '@cairn/dto';
import { readCursor, writeCursor } from './cursor.js';

const POSITION = { createdAt: '2026-11-21T10:00:00.123456Z', id: '019a0000-0000-7000-8000-000000000000' };
const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

test('a cursor is the place it was made of, to the microsecond', () => {
  expect(readCursor(writeCursor(POSITION))).toEqual(POSITION);
  expect(readCursor(undefined)).toBe(undefined);
  const first = { ...POSITION, createdAt: '0001-01-01T00:00:00.000000Z' };
  expect(readCursor(writeCursor(first))).toEqual(first);
});

test.each([
  ['text', 'next'],
  ['JSON of another shape', encode({ ...POSITION })],
  ['a day that does not exist', encode(['2026-02-30T10:00:00.123456Z', POSITION.id])],
  ['a year that does not exist', encode(['0000-01-01T10:00:00.123456Z', POSITION.id])],
  ['a time in another form', encode(['2026-11-21', POSITION.id])],
  ['an id that is none', encode([POSITION.createdAt, "' OR 1=1"])],
  ['something more', encode([POSITION.createdAt, POSITION.id, 1])],
  ['another way to write the same', `${writeCursor(POSITION)}=`],
])('%s is refused', (_what, cursor) => {
  expect(() => readCursor(cursor)).toThrow(ValidationError);
});
