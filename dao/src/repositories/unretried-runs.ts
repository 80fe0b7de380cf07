import type { EntityManager } from 'typeorm';

/** Which runs are looked for: all that are given must hold. */
export interface UnretriedFilter {
  workflowName?: string;
  status?: 'failed' | 'cancelled';
  errorCode?: string;
  /** Made then or later. */
  createdAfter?: Date;
  /** Made earlier than then. */
  createdBefore?: Date;
}

/** How many runs were found, and the oldest of them. */
export interface UnretriedFound {
  total: number;
  oldest: string[];
}

/**
 * The runs of a tenant that have failed or were cancelled, and that nobody has retried: a retry stands for what it
 * retries. Children of other runs are not among them.
 */
export class UnretriedRuns {
  constructor(private readonly manager: EntityManager) {}

  /** @param show how many of them are given at most. */
  async find(tenantId: string, filter: UnretriedFilter, show: number): Promise<UnretriedFound> {
    const rows = await this.manager.query<{ id: string; total: number }[]>(
      `SELECT "id", (count(*) OVER ())::int AS "total" FROM "run"
        WHERE "tenantId" = $1 AND "parentRunId" IS NULL
          AND "status" = ANY($2)
          AND ($3::text IS NULL OR "workflowName" = $3)
          AND ($4::text IS NULL OR "errorCode" = $4)
          AND ($5::timestamptz IS NULL OR "createdAt" >= $5)
          AND ($6::timestamptz IS NULL OR "createdAt" < $6)
          AND NOT EXISTS (SELECT 1 FROM "run" AS "retry" WHERE "retry"."retryOfRunId" = "run"."id")
        ORDER BY "createdAt", "id" LIMIT $7`,
      [
        tenantId,
        filter.status ? [filter.status] : ['failed', 'cancelled'],
        filter.workflowName ?? null,
        filter.errorCode ?? null,
        filter.createdAfter ?? null,
        filter.createdBefore ?? null,
        show,
      ],
    );
    return { total: rows[0]?.total ?? 0, oldest: rows.map(({ id }) => id) };
  }

  /**
   * Keeps others from finding the same until the transaction ends, which retries the run. Only inside a transaction.
   * @returns false when it has a retry by now, or is gone
   */
  async lock(tenantId: string, runId: string): Promise<boolean> {
    const locked = await this.manager.query<unknown[]>(
      `SELECT 1 FROM "run" WHERE "tenantId" = $1 AND "id" = $2 FOR UPDATE`,
      [tenantId, runId],
    );
    if (locked.length === 0) return false;
    // A statement of its own: it sees what was committed while the lock was waited for.
    const retries = await this.manager.query<unknown[]>(
      `SELECT 1 FROM "run" WHERE "retryOfRunId" = $1 LIMIT 1`,
      [runId],
    );
    return retries.length === 0;
  }
}
