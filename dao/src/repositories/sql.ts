import type { EntityManager } from 'typeorm';

/** Runs an UPDATE or DELETE with RETURNING; gives the returned rows as the driver has them. */
export async function returning<Row>(
  manager: EntityManager,
  sql: string,
  parameters: unknown[],
): Promise<Row[]> {
  const [rows] = await manager.query<[Row[], number]>(sql, parameters);
  return rows;
}

const MOST_CHARACTERS = 4_000;

/**
 * A message for a `text` parameter. It may quote anything: PostgreSQL refuses U+0000 (SQLSTATE 22021) and unpaired
 * surrogates are no UTF-8, so both become U+FFFD; it is cut to 4,000 UTF-16 code units.
 */
export function message<T extends string | null>(text: T): T {
  return (text
    ?.slice(0, MOST_CHARACTERS)
    .replaceAll('\u0000', '\uFFFD')
    .replace(/\p{Surrogate}/gu, '\uFFFD') ?? null) as T;
}

/** A value for a `jsonb` parameter. The driver would turn an array into a PostgreSQL array; null and undefined are SQL NULL. */
export function jsonb(value: unknown): string | null {
  return value === undefined || value === null ? null : JSON.stringify(value);
}

/**
 * For what belongs into a transaction: a change of a state and the event that tells of it.
 * @throws Error when the manager is in none
 */
export function assertInTransaction(manager: EntityManager): void {
  if (!manager.queryRunner?.isTransactionActive)
    throw new Error('a change of a state and its event belong into one transaction');
}
