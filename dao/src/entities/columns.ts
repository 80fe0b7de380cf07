import type { ValueTransformer } from 'typeorm';

/** What a `jsonb` column of free shape holds. */
export type JsonObject = Record<string, unknown>;

/** `sha256:` and 64 lower-case hex digits, as PostgreSQL writes a regular expression. */
export const SHA256_PATTERN = '^sha256:[0-9a-f]{64}$';

/**
 * A `bigint` column as a number: the driver gives text, because 2^63 does not fit. Sizes in bytes and durations in
 * milliseconds stay far below 2^53; a value above it is an error, not a rounded number.
 */
export const bigintAsNumber: ValueTransformer = {
  to: (value: number | null | undefined) => value,
  from: (value: string | number | null): number | null => {
    if (value === null || value === undefined) return null;
    const number = Number(value);
    if (!Number.isSafeInteger(number)) throw new RangeError(`bigint column out of range: ${value}`);
    return number;
  },
};

/** The expression of a CHECK that a text column holds one of `values`. */
export function oneOf(column: string, values: readonly string[]): string {
  return `"${column}" IN (${values.map(value => `'${value}'`).join(', ')})`;
}
