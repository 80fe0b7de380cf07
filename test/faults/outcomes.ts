import { query } from './database.js';

/** A run as the database has it. */
export interface RunRow {
  readonly id: string;
  readonly idempotencyKey: string;
  readonly status: 'queued' | 'running' | 'completed' | 'failed' | 'cancelled';
  readonly errorCode: string | null;
  readonly error: string | null;
  /** ms since 1970. */
  readonly createdAt: number;
  readonly completedAt: number | null;
  /** Steps that have not ended: id, status, attempt, and whom they wait for. */
  readonly open: string;
  /** Digests of what it made, by `<step> <output>`, and its output, as one text: equal results, equal texts. */
  readonly result: string;
}

/** Every run that is recorded. */
export async function readRuns(databaseUrl: string): Promise<readonly RunRow[]> {
  return query<RunRow>(
    databaseUrl,
    `SELECT r."id", r."idempotencyKey", r."status", r."errorCode", r."error",
            (extract(epoch FROM r."createdAt") * 1000)::float8 AS "createdAt",
            (extract(epoch FROM r."completedAt") * 1000)::float8 AS "completedAt",
            (SELECT coalesce(string_agg(concat_ws(' ', s."stepId", s."status", s."attempt", s."waitingOn"), ', '), '')
               FROM "run_step" s WHERE s."runId" = r."id" AND s."status" IN ('pending', 'running')) AS "open",
            jsonb_build_array(r."output", (
              SELECT jsonb_object_agg(a."stepId" || ' ' || a."name", a."contentHash")
                FROM "artifact" a WHERE a."runId" = r."id" AND a."stepId" IS NOT NULL))::text AS "result"
       FROM "run" r ORDER BY r."createdAt"`,
  );
}
