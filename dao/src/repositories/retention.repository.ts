import type { EntityManager } from 'typeorm';
import { Retention } from '../entities/retention.entity.js';
import { entryIsDue, isDetached, runHasEnded, runIsDue } from './blob-marks.js';
import type { RetentionRules } from './blob-care.repository.js';
import type { EventRepository } from './event.repository.js';
import { returning } from './sql.js';

/** What went, or would go, with some runs. */
export interface DeletedRuns {
  readonly runs: number;
  readonly artifacts: number;
}

/** How long a tenant keeps its runs and cache entries, and the deletion of what it no longer keeps. */
export class RetentionRepository {
  constructor(
    private readonly manager: EntityManager,
    private readonly events: EventRepository,
  ) {}

  /** The rules of a tenant; one that has said nothing keeps everything. */
  async getRules(tenantId: string): Promise<RetentionRules> {
    const row = await this.manager.findOneBy(Retention, { tenantId });
    return {
      keepRunsMs: row?.keepRunsMs ?? null,
      keepEntriesMs: row?.keepEntriesMs ?? null,
      keepEventsMs: row?.keepEventsMs ?? null,
    };
  }

  /** Replaces the rules of a tenant. Milliseconds above 0. */
  async putRules(
    tenantId: string,
    { keepRunsMs, keepEntriesMs, keepEventsMs = null }: RetentionRules,
  ): Promise<void> {
    await this.manager.query(
      `INSERT INTO "retention" ("tenantId", "keepRunsMs", "keepEntriesMs", "keepEventsMs", "updatedAt")
       VALUES ($1, $2, $3, $4, clock_timestamp())
       ON CONFLICT ("tenantId") DO UPDATE SET "keepRunsMs" = EXCLUDED."keepRunsMs",
              "keepEntriesMs" = EXCLUDED."keepEntriesMs",
              "keepEventsMs" = EXCLUDED."keepEventsMs", "updatedAt" = EXCLUDED."updatedAt"`,
      [tenantId, keepRunsMs, keepEntriesMs, keepEventsMs],
    );
  }

  /** Keeps a run from retention and deletion, or lets it go again. @returns whether there is such a run */
  async pinRun(tenantId: string, runId: string, pinned: boolean): Promise<boolean> {
    const rows = await returning<unknown>(
      this.manager,
      `UPDATE "run" SET "pinned" = $3, "updatedAt" = clock_timestamp() WHERE "tenantId" = $1 AND "id" = $2 RETURNING "id"`,
      [tenantId, runId, pinned],
    );
    return rows.length === 1;
  }

  /** Runs that the tenant no longer keeps, the one that ended first in front. */
  async findDueRuns(tenantId: string, keepRunsMs: number, limit: number): Promise<string[]> {
    const rows = await this.manager.query<{ id: string }[]>(
      `SELECT "id" FROM "run" WHERE "tenantId" = $1 AND ${runIsDue('"run"', '$2')}
        ORDER BY "completedAt", "id" LIMIT $3`,
      [tenantId, keepRunsMs, limit],
    );
    return rows.map(({ id }) => id);
  }

  /** How much a deletion of all runs that are due would delete. */
  async countDueRuns(tenantId: string, keepRunsMs: number | null): Promise<DeletedRuns> {
    const [row] = await this.manager.query<[DeletedRuns]>(
      `SELECT (SELECT count(*)::int FROM "run" AS "r" WHERE "r"."tenantId" = $1 AND ${runIsDue('"r"', '$2')}) AS "runs",
              (SELECT count(*)::int FROM "artifact" AS "a" LEFT JOIN "blob" AS "b"
                   ON "b"."tenantId" = "a"."tenantId" AND "b"."digest" = "a"."contentHash" AND "b"."pinned"
                WHERE "a"."tenantId" = $1
                  AND (("b" IS NULL AND ${isDetached('"a"')})
                       OR (("b" IS NULL OR "a"."skillId" = 'upload')
                           AND EXISTS (SELECT 1 FROM "run" AS "r"
                                        WHERE "r"."id" = "a"."runId" AND ${runIsDue('"r"', '$2')})))) AS "artifacts"`,
      [tenantId, keepRunsMs],
    );
    return row;
  }

  /**
   * Deletes runs with their steps and artifacts, and leaves those alone that have not ended or are pinned. An artifact
   * whose bytes are pinned stays, without a run. Each has its event. Only inside a transaction: it locks steps before runs, as everyone does.
   */
  async deleteRuns(tenantId: string, runIds: readonly string[]): Promise<DeletedRuns> {
    await this.manager.query(
      `SELECT 1 FROM "run_step" WHERE "tenantId" = $1 AND "runId" = ANY($2::uuid[])
        ORDER BY "runId", "position", "id" FOR UPDATE`,
      [tenantId, [...runIds]],
    );
    const locked = await this.manager.query<{ id: string }[]>(
      `SELECT "id" FROM "run"
        WHERE "tenantId" = $1 AND "id" = ANY($2::uuid[]) AND ${runHasEnded('"run"')} AND NOT "pinned"
        ORDER BY "id" FOR UPDATE`,
      [tenantId, [...runIds]],
    );
    const ids = locked.map(({ id }) => id);
    if (ids.length === 0) return { runs: 0, artifacts: 0 };
    await this.manager.query(
      `UPDATE "artifact" AS "a" SET "runId" = NULL, "stepId" = NULL, "updatedAt" = clock_timestamp()
         FROM "blob" AS "b"
        WHERE "a"."runId" = ANY($1::uuid[]) AND "a"."skillId" <> 'upload'
          AND "b"."tenantId" = "a"."tenantId" AND "b"."digest" = "a"."contentHash" AND "b"."pinned"`,
      [ids],
    );
    const artifacts = await returning<{ runId: string }>(
      this.manager,
      `DELETE FROM "artifact" WHERE "runId" = ANY($1::uuid[]) RETURNING "runId"`,
      [ids],
    );
    await this.manager.query(`DELETE FROM "run" WHERE "id" = ANY($1::uuid[])`, [ids]);
    const counts = new Map(ids.map(id => [id, 0]));
    for (const { runId } of artifacts) counts.set(runId, counts.get(runId)! + 1);
    await this.events.append(
      [...counts].map(([runId, count]) => ({
        tenantId,
        runId,
        type: 'run.deleted',
        data: { artifacts: count },
      })),
    );
    return { runs: ids.length, artifacts: artifacts.length };
  }

  /** Deletes artifacts that outlived their run because their bytes were pinned, and no longer are. @returns how many */
  async deleteUnpinned(tenantId: string): Promise<number> {
    const rows = await returning<unknown>(
      this.manager,
      `DELETE FROM "artifact" AS "a" WHERE "a"."tenantId" = $1 AND ${isDetached('"a"')}
          AND NOT EXISTS (SELECT 1 FROM "blob" AS "b" WHERE "b"."tenantId" = "a"."tenantId"
                             AND "b"."digest" = "a"."contentHash" AND "b"."pinned")
        RETURNING 1`,
      [tenantId],
    );
    return rows.length;
  }

  /** Deletes cache entries that are due, those excepted that someone is using. @returns how many; less than `limit` when none is left */
  async deleteDueEntries(
    tenantId: string,
    { keepEntriesMs, graceMs, limit }: { keepEntriesMs: number | null; graceMs: number; limit: number },
  ): Promise<number> {
    const rows = await returning<unknown>(
      this.manager,
      `DELETE FROM "step_cache" WHERE "id" IN (
         SELECT "id" FROM "step_cache" WHERE "tenantId" = $1 AND ${entryIsDue('"step_cache"', '$2', '$3')}
          ORDER BY "cacheKey" LIMIT $4 FOR UPDATE SKIP LOCKED) RETURNING 1`,
      [tenantId, keepEntriesMs, graceMs, limit],
    );
    return rows.length;
  }

  async countDueEntries(tenantId: string, keepEntriesMs: number | null, graceMs: number): Promise<number> {
    const [row] = await this.manager.query<[{ n: number }]>(
      `SELECT count(*)::int AS "n" FROM "step_cache"
        WHERE "tenantId" = $1 AND ${entryIsDue('"step_cache"', '$2', '$3')}`,
      [tenantId, keepEntriesMs, graceMs],
    );
    return row.n;
  }
}
