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
            jsonb_build_array(r."output", (
              SELECT jsonb_object_agg(a."stepId" || ' ' || a."name", a."contentHash")
                FROM "artifact" a WHERE a."runId" = r."id" AND a."stepId" IS NOT NULL))::text AS "result"
       FROM "run" r ORDER BY r."createdAt"`,
  );
}
