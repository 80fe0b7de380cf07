import type { EntityManager } from 'typeorm';

/** Bytes that a row names. */
export interface NamedDigest {
  digest: string;
  size: number;
}

/** Maps that one run takes over from another of the tenant, which has ended them. */
export class MapCopies {
  constructor(private readonly manager: EntityManager) {}

  /** The bytes that the items of maps have given, by map. */
  async bytesOfItems(
    tenantId: string,
    runId: string,
    mapStepIds: readonly string[],
  ): Promise<ReadonlyMap<string, readonly NamedDigest[]>> {
    if (mapStepIds.length === 0) return new Map();
    const rows = await this.manager.query<{ mapStepId: string; digests: NamedDigest[] }[]>(
      `SELECT "mapStepId", jsonb_agg(jsonb_build_object('digest', "contentHash", 'size', "sizeBytes")) AS "digests"
         FROM (SELECT DISTINCT "step"."mapStepId", "artifact"."contentHash", COALESCE("artifact"."sizeBytes", 0) AS "sizeBytes"
                 FROM "run_step" AS "step"
                 JOIN "artifact" ON "artifact"."runId" = "step"."runId" AND "artifact"."stepId" = "step"."stepId"
                WHERE "step"."tenantId" = $1 AND "step"."runId" = $2 AND "step"."mapStepId" = ANY($3)) AS "named"
        GROUP BY "mapStepId"`,
      [tenantId, runId, [...mapStepIds]],
    );
    return new Map(rows.map(({ mapStepId, digests }) => [mapStepId, digests]));
  }

  /**
   * Gives a run the items of another's map, and what was done for them, with artifacts of its own. What was executed
   * there is a hit here, as if it had been skipped; what failed or was left out is as it was. By one statement for all
   * items, so that they are never in memory.
   */
  async copyItems(tenantId: string, mapStepId: string, from: string, to: string): Promise<void> {
    await this.manager.query(
      `INSERT INTO "map_item" ("runId", "mapStepId", "position", "tenantId", "key", "value", "status", "output",
                               "fromCache", "error", "errorCode", "completedAt")
       SELECT $4, "mapStepId", "position", "tenantId", "key", "value", "status", "output", "status" = 'done', "error",
              "errorCode", clock_timestamp()
         FROM "map_item" WHERE "tenantId" = $1 AND "mapStepId" = $2 AND "runId" = $3`,
      [tenantId, mapStepId, from, to],
    );
    await this.manager.query(
      `WITH "step" AS (
         SELECT * FROM "run_step" WHERE "tenantId" = $1 AND "mapStepId" = $2 AND "runId" = $3),
       "copy" AS MATERIALIZED (
         SELECT gen_random_uuid() AS "copyId", "artifact".* FROM "artifact"
           JOIN "step" ON "artifact"."runId" = "step"."runId" AND "artifact"."stepId" = "step"."stepId"),
       "made" AS (
         INSERT INTO "artifact" ("id", "runId", "tenantId", "stepId", "skillId", "name", "type", "uri", "contentHash",
                                 "sizeBytes", "filename", "metadata")
         SELECT "copyId", $4, "tenantId", "stepId", "skillId", "name", "type", "uri", "contentHash", "sizeBytes",
                "filename", "metadata" FROM "copy")
       INSERT INTO "run_step" ("id", "runId", "tenantId", "stepId", "skillId", "position", "kind", "mapStepId", "itemKey",
                               "childRunId", "madeByRunId", "status", "reason", "inputHash", "cacheKey", "keyIngredients",
                               "fullInput", "outputArtifactIds", "output", "cacheHit", "error", "errorCode", "attempt",
                               "startedAt", "completedAt")
       SELECT gen_random_uuid(), $4, "tenantId", "stepId", "skillId", "position", "kind", "mapStepId", "itemKey",
              "childRunId",
              CASE WHEN "cacheHit" THEN "madeByRunId" WHEN "status" = 'completed' THEN "runId" END,
              CASE WHEN "status" = 'completed' THEN 'skipped' ELSE "status" END,
              CASE WHEN "status" = 'completed' THEN 'cache_hit' ELSE "reason" END,
              "inputHash", "cacheKey", "keyIngredients", "fullInput",
              ARRAY(SELECT "copy"."copyId" FROM unnest("outputArtifactIds") WITH ORDINALITY AS "named" ("id", "at")
                      JOIN "copy" ON "copy"."id" = "named"."id" ORDER BY "named"."at"),
              "output", "cacheHit" OR "status" = 'completed', "error", "errorCode", "attempt",
              CASE WHEN "status" = 'failed' THEN clock_timestamp() END, clock_timestamp()
         FROM "step"`,
      [tenantId, mapStepId, from, to],
    );
  }
}
