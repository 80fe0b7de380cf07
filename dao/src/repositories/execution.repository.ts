import type { EntityManager } from 'typeorm';
import type { RunOptions } from '../entities/run.entity.js';

/** An execution of a skill that ended well, without what it gave. */
export interface Execution {
  /** Of the step's row. */
  id: string;
  runId: string;
  workflowName: string;
  stepId: string;
  cacheKey: string | null;
  keyIngredients: unknown;
  /** Milliseconds. */
  durationMs: number | null;
  completedAt: Date;
  /** What its run asked of the cache. */
  options: RunOptions;
}

/** What was executed, not taken from elsewhere: what plans and explanations compare with. */
export class ExecutionRepository {
  constructor(private readonly manager: EntityManager) {}

  /** The last executions of a skill in all runs of a tenant, newest first. @param before only those that had ended then */
  async listExecutions(
    tenantId: string,
    skillId: string,
    { limit, before }: { limit: number; before?: Date },
  ): Promise<Execution[]> {
    return this.manager.query<Execution[]>(
      `SELECT "step"."id", "step"."runId", "run"."workflowName", "step"."stepId", "step"."cacheKey",
              "step"."keyIngredients", "step"."durationMs"::float8 AS "durationMs", "step"."completedAt", "run"."options"
         FROM "run_step" "step" JOIN "run" ON "run"."id" = "step"."runId"
        WHERE "step"."tenantId" = $1 AND "step"."skillId" = $2
          AND "step"."status" = 'completed' AND NOT "step"."cacheHit"
          AND ($4::timestamptz IS NULL OR "step"."completedAt" <= $4)
        ORDER BY "step"."completedAt" DESC LIMIT $3`,
      [tenantId, skillId, limit, before ?? null],
    );
  }

  /** What executions gave, by the id of the step's row. */
  async outputsOf(tenantId: string, ids: readonly string[]): Promise<Map<string, unknown>> {
    if (ids.length === 0) return new Map();
    const rows = await this.manager.query<{ id: string; output: unknown }[]>(
      `SELECT "id", "output" FROM "run_step" WHERE "tenantId" = $1 AND "id" = ANY($2::uuid[])`,
      [tenantId, [...ids]],
    );
    return new Map(rows.map(({ id, output }) => [id, output]));
  }
}
