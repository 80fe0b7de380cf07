import type { EntityManager } from 'typeorm';

/** Runs an UPDATE, INSERT or DELETE with RETURNING; gives the returned rows as the driver has them. */
export async function returning<Row>(
  manager: EntityManager,
  sql: string,
  parameters: unknown[],
): Promise<Row[]> {
  const [rows] = await manager.query<[Row[], number]>(sql, parameters);
  return rows;
}

/** A value for a `jsonb` parameter. The driver would turn an array into a PostgreSQL array; null and undefined are SQL NULL. */
export function jsonb(value: unknown): string | null {
  return value === undefined || value === null ? null : JSON.stringify(value);
}
