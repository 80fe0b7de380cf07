import type { EntityManager } from 'typeorm';
import { isOlder, leaseHolds, stepIsOpen } from './blob-marks.js';
import { returning } from './sql.js';

/** Rows that are of no use any more, by kind: the table, its key, and when one of its rows is dead; $2 is the grace. */
const KINDS = {
  /** Leases on bytes whose time or step has ended. */
  leases: { table: 'blob_lease', key: ['id'], dead: `NOT COALESCE(${leaseHolds('"row"')}, false)` },
  /** Notes that a step waits which has ended meanwhile. */
  waiters: { table: 'step_waiter', key: ['runId', 'stepId'], dead: `NOT ${stepIsOpen('"row"')}` },
  /** Claims whose lease ended before the grace began, of runs that have ended or are gone. */
  claims: {
    table: 'step_claim',
    key: ['cacheKey'],
    dead: `${isOlder('"row"."expiresAt"', '$2')} AND NOT EXISTS (
      SELECT 1 FROM "run" AS "r" WHERE "r"."id" = "row"."runId" AND "r"."status" IN ('queued', 'running'))`,
  },
  /** Outcomes from before the grace that no waiting step can ask for. */
  outcomes: {
    table: 'claim_outcome',
    key: ['generation'],
    dead: `${isOlder('"row"."createdAt"', '$2')} AND NOT EXISTS (
      SELECT 1 FROM "step_waiter" AS "w" WHERE "w"."settledBy" = "row"."generation" AND ${stepIsOpen('"w"')})`,
  },
} as const;

export type RemainKind = keyof typeof KINDS;
export const REMAIN_KINDS = Object.keys(KINDS) as readonly RemainKind[];

/** What the engine's bookkeeping leaves behind when processes die. */
export class RemainsRepository {
  constructor(private readonly manager: EntityManager) {}

  async count(kind: RemainKind, tenantId: string, graceMs: number): Promise<number> {
    const { table, dead } = KINDS[kind];
    const [row] = await this.manager.query<[{ n: number }]>(
      `SELECT count(*)::int AS "n" FROM "${table}" AS "row"
        WHERE "row"."tenantId" = $1 AND $2::float8 IS NOT NULL AND ${dead}`,
      [tenantId, graceMs],
    );
    return row.n;
  }

  /** Deletes them; rows that someone is just changing are left out. @returns how many */
  async remove(kind: RemainKind, tenantId: string, graceMs: number): Promise<number> {
    const { table, key, dead } = KINDS[kind];
    const columns = key.map(name => `"${name}"`).join(', ');
    const rows = await returning<unknown>(
      this.manager,
      `DELETE FROM "${table}" WHERE (${columns}) IN (
         SELECT ${key.map(name => `"row"."${name}"`).join(', ')} FROM "${table}" AS "row"
          WHERE "row"."tenantId" = $1 AND $2::float8 IS NOT NULL AND ${dead}
          FOR UPDATE OF "row" SKIP LOCKED) RETURNING 1`,
      [tenantId, graceMs],
    );
    return rows.length;
  }
}
