import type { EntityManager } from 'typeorm';
import { Run } from '../entities/run.entity.js';
import { runHasEnded } from './blob-marks.js';

/** What the reconciler asks about the runs of all tenants. Ages are judged by the database's clock. */
export class RunsAcrossTenants {
  constructor(private readonly manager: EntityManager) {}

  /**
   * Queued runs that Temporal may not know: nobody noted a start, or it was noted and the run is still queued, for
   * longer than `olderThanMs`. Starting again is idempotent. Those never tried first, then
   * those whose last try is longest ago: one that cannot be started does not keep its place before the others.
   * A child is not among them: its parent starts it. Nor is one that waits for its turn: its workflow has asked.
   */
  async findRunsWithoutWorkflow(filter: { olderThanMs: number; limit: number }): Promise<Run[]> {
    return this.manager
      .createQueryBuilder(Run, 'run')
      .where(`run.status = 'queued' AND run.parentRunId IS NULL AND run.turnAskedAt IS NULL`)
      .andWhere(
        `COALESCE(run.startRequestedAt, run.createdAt) <= clock_timestamp() - :age * interval '1 millisecond'`,
        { age: filter.olderThanMs },
      )
      .orderBy('run.reconciledAt', 'ASC', 'NULLS FIRST')
      .addOrderBy('run.createdAt', 'ASC')
      .addOrderBy('run.id', 'ASC')
      .limit(filter.limit)
      .getMany();
  }

  /**
   * Runs that Temporal was given, have not ended, and were not compared with Temporal in the last `checkedBeforeMs`;
   * never compared first. A queued one too: its workflow may have been terminated before it took the run up.
   */
  async findLiveRuns(filter: { checkedBeforeMs: number; limit: number }): Promise<Run[]> {
    return this.manager
      .createQueryBuilder(Run, 'run')
      .where(`run.status IN ('queued', 'running')`)
      .andWhere(`(run.status = 'running' OR run.startRequestedAt IS NOT NULL)`)
      .andWhere(
        `(run.reconciledAt IS NULL OR run.reconciledAt <= clock_timestamp() - :age * interval '1 millisecond')`,
        { age: filter.checkedBeforeMs },
      )
      .orderBy('run.reconciledAt', 'ASC', 'NULLS FIRST')
      .addOrderBy('run.id', 'ASC')
      .limit(filter.limit)
      .getMany();
  }

  /** Queued children, so old, of runs that have ended or are gone: nobody will start them any more. */
  async findAbandonedChildren(filter: { olderThanMs: number; limit: number }): Promise<Run[]> {
    return this.manager
      .createQueryBuilder(Run, 'run')
      .leftJoin(Run, 'parent', 'parent.id = run.parentRunId')
      .where(`run.status = 'queued' AND run.parentRunId IS NOT NULL`)
      .andWhere(`run.createdAt <= clock_timestamp() - :age * interval '1 millisecond'`, {
        age: filter.olderThanMs,
      })
      .andWhere(`(parent.id IS NULL OR ${runHasEnded('parent')})`)
      .orderBy('run.createdAt', 'ASC')
      .limit(filter.limit)
      .getMany();
  }

  /** The runs with these ids, whoever's they are; those that are not there are left out. */
  async findRuns(ids: readonly string[]): Promise<Run[]> {
    if (ids.length === 0) return [];
    return this.manager
      .createQueryBuilder(Run, 'run')
      .select([
        'run.id',
        'run.tenantId',
        'run.status',
        'run.errorCode',
        'run.error',
        'run.temporalWorkflowId',
      ])
      .where('run.id = ANY(:ids)', { ids: [...ids] })
      .getMany();
  }

  /** Notes that these runs were compared with Temporal, or tried to be started, just now. `updatedAt` stays: nothing a reader sees changed. */
  async markReconciled(runIds: readonly string[]): Promise<void> {
    if (runIds.length === 0) return;
    await this.manager.query(
      `UPDATE "run" SET "reconciledAt" = clock_timestamp() WHERE "id" = ANY($1::uuid[])`,
      [[...runIds]],
    );
  }
}
