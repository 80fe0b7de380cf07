import type { EntityManager } from 'typeorm';
import { bigintAsNumber } from '../entities/columns.js';
import { StepCache } from '../entities/step-cache.entity.js';
import type { CacheScope } from '../entities/status.js';
import { newId } from '../ids.js';
import { jsonb } from './sql.js';

/** A result to keep. */
export interface NewCacheEntry {
  tenantId: string;
  cacheKey: string;
  workflowName: string;
  stepId: string;
  skillId: string;
  /** The run that made it. */
  runId: string;
  inputHash: string;
  artifactIds: readonly string[];
  /** The JSON output and what is needed to re-create its artifacts. */
  outputs: unknown;
  /** Digests of the bytes that the outputs name. */
  digests: readonly string[];
  /** What the skill was given, where that is more than the key holds. */
  fullInput?: unknown;
  /** Milliseconds of the execution. */
  durationMs?: number | null;
  /** When the execution was claimed; now unless told. */
  claimedAt?: Date;
  scope: CacheScope;
  /** Milliseconds from now, by the database's clock, for which it is a hit; for ever when absent or null. */
  ttlMs?: number | null;
}

/** The step cache of a tenant. */
export class CacheRepository {
  constructor(private readonly manager: EntityManager) {}

  /** The entries of these keys that have not expired by the database's clock: one query, in no order. */
  async findLive(tenantId: string, cacheKeys: readonly string[]): Promise<StepCache[]> {
    if (cacheKeys.length === 0) return [];
    const rows = await this.manager.query<StepCache[]>(
      `SELECT * FROM "step_cache"
        WHERE "tenantId" = $1 AND "cacheKey" = ANY($2) AND ("expiresAt" IS NULL OR "expiresAt" > clock_timestamp())`,
      [tenantId, [...cacheKeys]],
    );
    return rows.map(entryOf);
  }

  /**
   * Stores an entry; one that has the key is replaced whole, its hits forgotten. A key holds its tenant, so the one of
   * another tenant can only be a mistake, and is left alone.
   *
   * @returns the id of the entry.
   * @throws Error when the key belongs to another tenant.
   */
  async putEntry(entry: NewCacheEntry): Promise<string> {
    const id = newId();
    const rows = await this.manager.query<{ id: string }[]>(
      `INSERT INTO "step_cache" AS "current"
              ("id", "tenantId", "cacheKey", "workflowName", "stepId", "skillId", "runId", "inputHash",
               "artifactIds", "outputs", "scope", "createdAt", "expiresAt", "digests", "fullInput", "durationMs",
               "claimedAt")
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9::uuid[], $10::jsonb, $11, clock_timestamp(),
               clock_timestamp() + $12::float8 * interval '1 millisecond', $13::text[], $14::jsonb, $15,
               COALESCE($16, clock_timestamp()))
       ON CONFLICT ("cacheKey") DO UPDATE
          SET "id" = EXCLUDED."id", "workflowName" = EXCLUDED."workflowName", "stepId" = EXCLUDED."stepId",
              "skillId" = EXCLUDED."skillId", "runId" = EXCLUDED."runId", "inputHash" = EXCLUDED."inputHash",
              "artifactIds" = EXCLUDED."artifactIds", "outputs" = EXCLUDED."outputs", "scope" = EXCLUDED."scope",
              "hitCount" = 0, "lastHitAt" = NULL, "createdAt" = EXCLUDED."createdAt",
              "expiresAt" = EXCLUDED."expiresAt", "digests" = EXCLUDED."digests",
              "fullInput" = EXCLUDED."fullInput", "durationMs" = EXCLUDED."durationMs",
              "claimedAt" = EXCLUDED."claimedAt"
        WHERE "current"."tenantId" = EXCLUDED."tenantId"
       RETURNING "id"`,
      [
        id,
        entry.tenantId,
        entry.cacheKey,
        entry.workflowName,
        entry.stepId,
        entry.skillId,
        entry.runId,
        entry.inputHash,
        [...entry.artifactIds],
        jsonb(entry.outputs) ?? 'null',
        entry.scope,
        entry.ttlMs ?? null,
        [...new Set(entry.digests)],
        jsonb(entry.fullInput),
        entry.durationMs ?? null,
        entry.claimedAt ?? null,
      ],
    );
    if (rows.length === 0) throw new Error(`cache key ${entry.cacheKey} belongs to another tenant`);
    return id;
  }

  /**
   * Adds to the hits of entries. Rows are locked in the order of their keys, so that two who count the same entries
   * cannot deadlock.
   * @param hits how often, by cache key
   */
  async recordHits(tenantId: string, hits: ReadonlyMap<string, number>): Promise<void> {
    if (hits.size === 0) return;
    await this.manager.query(
      `WITH "locked" AS (
         SELECT "id", "cacheKey" FROM "step_cache"
          WHERE "tenantId" = $1 AND "cacheKey" = ANY($2::text[])
          ORDER BY "cacheKey" FOR UPDATE
       )
       UPDATE "step_cache" AS "entry"
          SET "hitCount" = "entry"."hitCount" + "hit"."times", "lastHitAt" = clock_timestamp()
         FROM "locked" JOIN unnest($2::text[], $3::int[]) AS "hit" ("key", "times")
           ON "hit"."key" = "locked"."cacheKey"
        WHERE "entry"."id" = "locked"."id"`,
      [tenantId, [...hits.keys()], [...hits.values()]],
    );
  }

  /** An entry whether it has expired or not; null when there is none. */
  async getEntry(tenantId: string, cacheKey: string): Promise<StepCache | null> {
    return this.manager.findOneBy(StepCache, { tenantId, cacheKey });
  }

  /** The entries of these keys, whether they have expired or not, with what the database's clock says of it. */
  async findEntries(
    tenantId: string,
    cacheKeys: readonly string[],
  ): Promise<(StepCache & { expired: boolean })[]> {
    if (cacheKeys.length === 0) return [];
    const rows = await this.manager.query<(StepCache & { expired: boolean })[]>(
      `SELECT *, COALESCE("expiresAt" <= clock_timestamp(), false) AS "expired"
         FROM "step_cache" WHERE "tenantId" = $1 AND "cacheKey" = ANY($2)`,
      [tenantId, [...cacheKeys]],
    );
    return rows.map(row => Object.assign(entryOf(row), { expired: row.expired }));
  }

  /** Those of the skills of which anything is kept that has not expired. */
  async skillsWithEntries(tenantId: string, skillIds: readonly string[]): Promise<Set<string>> {
    const rows = await this.manager.query<{ id: string }[]>(
      `SELECT "id" FROM unnest($2::text[]) AS "skill" ("id") WHERE EXISTS (
         SELECT 1 FROM "step_cache" WHERE "tenantId" = $1 AND "skillId" = "skill"."id"
            AND ("expiresAt" IS NULL OR "expiresAt" > clock_timestamp()))`,
      [tenantId, [...skillIds]],
    );
    return new Set(rows.map(({ id }) => id));
  }

  /** @returns whether there was one. */
  async deleteEntry(tenantId: string, cacheKey: string): Promise<boolean> {
    const result = await this.manager.delete(StepCache, { tenantId, cacheKey });
    return result.affected === 1;
  }
}

/** A row as the driver has it: only `bigint` needs a conversion. */
function entryOf(row: StepCache): StepCache {
  return Object.assign(new StepCache(), row, { durationMs: bigintAsNumber.from(row.durationMs) });
}
