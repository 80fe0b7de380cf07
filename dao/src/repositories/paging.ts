import type { ObjectLiteral, SelectQueryBuilder } from 'typeorm';

/**
 * A place in a list, for keyset paging. `createdAt` is ISO text with microseconds, as the database has them: a Date
 * would cut it to milliseconds and a page would repeat or lose rows.
 */
export interface PagePosition {
  createdAt: string;
  id: string;
}

/** One page; `next` is where the following one starts, null on the last. */
export interface Page<T> {
  rows: T[];
  next: PagePosition | null;
}

/**
 * Runs `query` as one page ordered by (createdAt, id).
 *
 * @param alias the entity's alias in `query`.
 * @param limit rows at most; one more is read to know whether there is another page.
 */
export async function readPage<T extends ObjectLiteral & { id: string }>(
  query: SelectQueryBuilder<T>,
  alias: string,
  order: 'ASC' | 'DESC',
  limit: number,
  after: PagePosition | undefined,
): Promise<Page<T>> {
  if (!Number.isInteger(limit) || limit < 1)
    throw new RangeError(`limit must be a positive integer: ${limit}`);
  if (after) {
    query.andWhere(
      `(${alias}.createdAt, ${alias}.id) ${order === 'ASC' ? '>' : '<'} (CAST(:afterCreatedAt AS timestamptz), CAST(:afterId AS uuid))`,
      { afterCreatedAt: after.createdAt, afterId: after.id },
    );
  }
  const { entities, raw } = await query
    .addSelect(
      `to_char(${alias}.createdAt AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`,
      'exactCreatedAt',
    )
    .orderBy(`${alias}.createdAt`, order)
    .addOrderBy(`${alias}.id`, order)
    .limit(limit + 1)
    .getRawAndEntities<{ exactCreatedAt: string }>();
  const rows = entities.slice(0, limit);
  const last = rows.at(-1);
  const exact = raw[rows.length - 1]?.exactCreatedAt;
  const more = entities.length > limit;
  return { rows, next: more && last && exact ? { createdAt: exact, id: last.id } : null };
}
