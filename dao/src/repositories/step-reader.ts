import { type EntityManager, PessimisticLockTransactionRequiredError } from 'typeorm';
import { bigintAsNumber } from '../entities/columns.js';
import { RunStep } from '../entities/run-step.entity.js';
import type { RunStepStatus } from '../entities/status.js';

/** What is recorded of the steps of a tenant's runs; it changes nothing. */
export class StepReader {
  constructor(protected readonly manager: EntityManager) {}

  /** In the order of the graph: all of a run, or those that are named. */
  async listSteps(tenantId: string, runId: string, stepIds?: readonly string[]): Promise<RunStep[]> {
    const rows = await this.manager.query<RunStep[]>(
      `SELECT * FROM "run_step"
        WHERE "tenantId" = $1 AND "runId" = $2 AND ($3::text[] IS NULL OR "stepId" = ANY($3))
        ORDER BY "position", "id"`,
      [tenantId, runId, stepIds ? [...stepIds] : null],
    );
    return rows.map(stepOf);
  }

  async getStep(tenantId: string, runId: string, stepId: string): Promise<RunStep | null> {
    const [step] = await this.listSteps(tenantId, runId, [stepId]);
    return step ?? null;
  }

  /**
   * Like `listSteps`, and locks the rows until the transaction ends, in the order of the graph: two who lock the same
   * cannot deadlock. Only inside a transaction.
   */
  async lockSteps(tenantId: string, runId: string, stepIds: readonly string[]): Promise<RunStep[]> {
    if (!this.manager.queryRunner?.isTransactionActive) throw new PessimisticLockTransactionRequiredError();
    const rows = await this.manager.query<RunStep[]>(
      `SELECT * FROM "run_step" WHERE "tenantId" = $1 AND "runId" = $2 AND "stepId" = ANY($3)
        ORDER BY "position", "id" FOR UPDATE`,
      [tenantId, runId, [...stepIds]],
    );
    return rows.map(stepOf);
  }

  /** What is done for these items of a map. */
  async listItemSteps(
    tenantId: string,
    runId: string,
    mapStepId: string,
    itemKeys: readonly string[],
  ): Promise<RunStep[]> {
    const rows = await this.manager.query<RunStep[]>(
      `SELECT * FROM "run_step"
        WHERE "tenantId" = $1 AND "runId" = $2 AND "mapStepId" = $3 AND "itemKey" = ANY($4)`,
      [tenantId, runId, mapStepId, [...itemKeys]],
    );
    return rows.map(stepOf);
  }

  /** Steps of a run that have not ended, also of items, in the order of the graph; not what they hold. */
  async listOpenSteps(
    tenantId: string,
    runId: string,
  ): Promise<Pick<RunStep, 'stepId' | 'status' | 'mapStepId'>[]> {
    return this.manager.query(
      `SELECT "stepId", "status", "mapStepId" FROM "run_step"
        WHERE "tenantId" = $1 AND "runId" = $2 AND "status" = ANY($3) ORDER BY "position", "id"`,
      [tenantId, runId, ['pending', 'running'] satisfies RunStepStatus[]],
    );
  }

  /** Whether anything was executed in a run, or decided: not all of it was there already. */
  async hasExecuted(tenantId: string, runId: string): Promise<boolean> {
    const [row] = await this.manager.query<{ some: boolean }[]>(
      `SELECT EXISTS (SELECT 1 FROM "run_step"
         WHERE "tenantId" = $1 AND "runId" = $2 AND "kind" <> 'map' AND "status" = 'completed' AND NOT "cacheHit")
         AS "some"`,
      [tenantId, runId],
    );
    return row?.some === true;
  }
}

/** A row as the driver has it: the columns are named like the fields, and only `bigint` needs a conversion. */
export function stepOf(row: RunStep): RunStep {
  return Object.assign(new RunStep(), row, { durationMs: bigintAsNumber.from(row.durationMs) });
}
