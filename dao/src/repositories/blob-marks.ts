/**
 * What keeps bytes, as SQL conditions. A collection and its forecast, the dry run, are built of the same pieces, so that
 * they cannot mean different things.
 */

const sqlList = (values: readonly string[]) => values.map(value => `'${value}'`).join(', ');

/** How old a point in time is at least: `parameter` is milliseconds, and null is older than anything there is. */
export const isOlder = (time: string, parameter: string) =>
  `${time} <= clock_timestamp() - ${parameter}::float8 * interval '1 millisecond'`;

/** Whether the step that `owner` (a row with runId and stepId) speaks of can still be executed. */
export const stepIsOpen = (owner: string) =>
  `EXISTS (SELECT 1 FROM "run_step" AS "s" WHERE "s"."runId" = ${owner}."runId" AND "s"."stepId" = ${owner}."stepId"
              AND "s"."status" IN (${sqlList(['pending', 'running'])}))`;

/** Whether a lease protects its bytes: until its time has come, or for as long as its step is open. */
export const leaseHolds = (lease: string) =>
  `(${lease}."expiresAt" > clock_timestamp() OR (${lease}."runId" IS NOT NULL AND ${stepIsOpen(lease)}))`;

/** Whether a run has ended. */
export const runHasEnded = (run: string) =>
  `${run}."status" IN (${sqlList(['completed', 'failed', 'cancelled'])})`;

/** Whether retention deletes a run: ended so long ago, and not pinned. */
export const runIsDue = (run: string, keepRunsMs: string) =>
  `(${runHasEnded(run)} AND NOT ${run}."pinned" AND ${isOlder(`COALESCE(${run}."completedAt", ${run}."updatedAt")`, keepRunsMs)})`;

/** Whether an entry is deleted: not used for so long, or expired before the grace began. */
export const entryIsDue = (entry: string, keepEntriesMs: string, graceMs: string) =>
  `COALESCE(${isOlder(`COALESCE(${entry}."lastHitAt", ${entry}."createdAt")`, keepEntriesMs)}
            OR ${isOlder(`${entry}."expiresAt"`, graceMs)}, false)`;

/** Whether an artifact only outlived its run because its bytes were pinned. */
export const isDetached = (artifact: string) =>
  `(${artifact}."runId" IS NULL AND ${artifact}."skillId" <> 'upload')`;

/** Parameters that hold the rules of retention, for a forecast of what would be left after they were applied. */
export interface ForecastParameters {
  readonly keepRunsMs: string;
  readonly keepEntriesMs: string;
  readonly graceMs: string;
}

/**
 * A query for those of the digests $2 of the tenant $1 that an artifact or an entry names or a lease protects.
 * @param one whether $2 is a single digest: then the index of the entries finds it. For many it is faster to read all
 *   entries once: comparing arrays with arrays takes time with the product of their lengths.
 */
export function markedDigests(one: boolean, forecast?: ForecastParameters): string {
  const staysArtifact = forecast
    ? `AND NOT ${isDetached('"a"')} AND NOT EXISTS (SELECT 1 FROM "run" AS "r"
         WHERE "r"."id" = "a"."runId" AND ${runIsDue('"r"', forecast.keepRunsMs)})`
    : '';
  const staysEntry = forecast ? `AND NOT ${entryIsDue('"c"', forecast.keepEntriesMs, forecast.graceMs)}` : '';
  return `SELECT "a"."contentHash" AS "digest" FROM "artifact" AS "a"
           WHERE "a"."tenantId" = $1 AND "a"."contentHash" = ANY($2::text[]) ${staysArtifact}
          UNION
          SELECT "named"."digest" FROM "step_cache" AS "c" CROSS JOIN unnest("c"."digests") AS "named" ("digest")
           WHERE "c"."tenantId" = $1 AND "named"."digest" = ANY($2::text[])
             ${one ? 'AND "c"."digests" @> $2::text[]' : ''} ${staysEntry}
          UNION
          SELECT "l"."digest" FROM "blob_lease" AS "l"
           WHERE "l"."tenantId" = $1 AND "l"."digest" = ANY($2::text[]) AND ${leaseHolds('"l"')}`;
}

/** What becomes of the row of bytes that may have gone, or are about to. */
export const DOUBTED = `"stamp" = NULL, "verifiedAt" = NULL, "generation" = pg_current_xact_id()::text::bigint`;

/** Whether the row of some bytes lets them go: not pinned, and not touched for the grace. */
export const isLetGo = (blob: string, graceMs: string) =>
  `(NOT ${blob}."pinned" AND ${isOlder(`${blob}."touchedAt"`, graceMs)})`;
