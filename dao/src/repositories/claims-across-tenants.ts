import type { EntityManager } from 'typeorm';
import { isOlder, runHasEnded, stepIsOpen } from './blob-marks.js';
import { returning } from './sql.js';

/** What the reconciler does about claims and waiters of all tenants at once. Rows that someone is changing are left out. */
export class ClaimsAcrossTenants {
  constructor(private readonly manager: EntityManager) {}

  /**
   * Ends claims of runs that ended so long ago, or that are gone: whoever still renews one finds its generation gone.
   * In a transaction, with the `wake` of each key: a waiter that came before the end is then seen.
   *
   * @returns the keys, which anyone may claim now
   */
  async endClaimsOfEndedRuns(filter: { endedForMs: number; limit: number }): Promise<string[]> {
    const rows = await returning<{ cacheKey: string }>(
      this.manager,
      `DELETE FROM "step_claim" WHERE "cacheKey" IN (
         SELECT "claim"."cacheKey" FROM "step_claim" AS "claim" LEFT JOIN "run" ON "run"."id" = "claim"."runId"
          WHERE ("run"."id" IS NULL AND ${isOlder('"claim"."claimedAt"', '$1')})
             OR (${runHasEnded('"run"')} AND ${isOlder('COALESCE("run"."completedAt", "run"."updatedAt")', '$1')})
          ORDER BY "claim"."cacheKey" LIMIT $2 FOR UPDATE OF "claim" SKIP LOCKED)
        RETURNING "cacheKey"`,
      [filter.endedForMs, filter.limit],
    );
    return rows.map(({ cacheKey }) => cacheKey);
  }

  /** Forgets that steps wait which have ended. @returns how many */
  async forgetEndedWaiters(limit: number): Promise<number> {
    const rows = await returning<unknown>(
      this.manager,
      `DELETE FROM "step_waiter" WHERE ("runId", "stepId") IN (
         SELECT "waiter"."runId", "waiter"."stepId" FROM "step_waiter" AS "waiter"
          WHERE NOT ${stepIsOpen('"waiter"')} LIMIT $1 FOR UPDATE OF "waiter" SKIP LOCKED)
        RETURNING 1`,
      [limit],
    );
    return rows.length;
  }
}
