import { type EntityManager, IsNull } from 'typeorm';
import type { QueryDeepPartialEntity } from 'typeorm/query-builder/QueryPartialEntity.js';
import type { JsonObject } from '../entities/columns.js';
import { RunStep } from '../entities/run-step.entity.js';
import { Run, type RunOptions } from '../entities/run.entity.js';
import type { RunStatus, TerminalRunStatus } from '../entities/status.js';
import { IdempotencyKeyTakenError, isUniqueViolation } from '../errors.js';
import { assertRunTransition, isTerminalRunStatus, runStatusesBefore } from '../state-machine.js';
import type { EventRepository } from './event.repository.js';
import { type Page, type PagePosition, readPage } from './paging.js';
import { runCreated, runEnded, runStarted, type EndedRun } from './run-events.js';
import { RunsAcrossTenants } from './runs-across-tenants.js';
import { assertInTransaction, jsonb, message, returning } from './sql.js';

/** What a caller says about a run that does not exist yet; the rest has defaults. It starts `queued`. */
export interface NewRun {
  id: string;
  tenantId: string;
  workflowName: string;
  workflowVersion: string;
  trigger: JsonObject;
  options?: RunOptions;
  context?: JsonObject;
  temporalWorkflowId: string;
  graphDigest: string;
  /** Itself unless told. */
  rootRunId?: string;
  parentRunId?: string | null;
  retryOfRunId?: string | null;
  forkOfRunId?: string | null;
  forkFromStepId?: string | null;
  inputEdits?: JsonObject;
  scheduleId?: string | null;
  scheduledFor?: Date | null;
  idempotencyKey?: string | null;
  requestDigest?: string | null;
}

/** How a run ended. */
export interface RunOutcome {
  status: TerminalRunStatus;
  error?: string | null;
  errorCode?: string | null;
  output?: unknown;
}

/** Which runs to list, newest first. */
export interface RunFilter {
  limit: number;
  after?: PagePosition;
  status?: RunStatus;
  workflowName?: string;
  /** Runs that steps of this one have started; null for runs that no other has started. */
  parentRunId?: string | null;
  /** Runs of this schedule. */
  scheduleId?: string;
}

/**
 * The runs of a tenant. Every change of status is one conditional statement, so concurrent writers are safe, and the one
 * that makes it writes its event, in the same transaction.
 */
export class RunRepository {
  /** What the reconciler does for all tenants at once. */
  readonly acrossTenants: RunsAcrossTenants;

  constructor(
    private readonly manager: EntityManager,
    private readonly events: EventRepository,
  ) {
    this.acrossTenants = new RunsAcrossTenants(manager);
  }

  /** @throws IdempotencyKeyTakenError when another run of the tenant has the key. */
  async insertRun(run: NewRun): Promise<void> {
    assertInTransaction(this.manager);
    try {
      await this.manager.insert(Run, rowOf(run));
      await this.events.append([runCreated(run)]);
    } catch (error) {
      if (run.idempotencyKey && isUniqueViolation(error, 'run_tenant_idempotency_key')) {
        throw new IdempotencyKeyTakenError(run.tenantId, run.idempotencyKey, { cause: error });
      }
      throw error;
    }
  }

  /**
   * Inserts a run that may be there already, as when a scheduled workflow opens its records again after a crash.
   *
   * @returns whether it was inserted now.
   */
  async insertRunIfAbsent(run: NewRun): Promise<boolean> {
    assertInTransaction(this.manager);
    const result = await this.manager
      .createQueryBuilder()
      .insert()
      .into(Run)
      .values(rowOf(run))
      .orIgnore()
      .returning('id')
      .execute();
    const inserted = (result.raw as unknown[]).length > 0;
    if (inserted) await this.events.append([runCreated(run)]);
    return inserted;
  }

  async findByIdempotencyKey(tenantId: string, idempotencyKey: string): Promise<Run | null> {
    return this.manager.findOneBy(Run, { tenantId, idempotencyKey });
  }

  async getRun(tenantId: string, runId: string): Promise<Run | null> {
    return this.manager.findOneBy(Run, { tenantId, id: runId });
  }

  /** A run and its steps in the order of the graph; what is done for items of maps is not among them. */
  async getRunWithSteps(tenantId: string, runId: string): Promise<{ run: Run; steps: RunStep[] } | null> {
    const run = await this.getRun(tenantId, runId);
    if (!run) return null;
    const steps = await this.manager.find(RunStep, {
      where: { tenantId, runId, mapStepId: IsNull() },
      order: { position: 'ASC' },
    });
    return { run, steps };
  }

  /** Newest first, a page at a time. */
  async listRuns(tenantId: string, filter: RunFilter): Promise<Page<Run>> {
    const query = this.manager.createQueryBuilder(Run, 'run').where('run.tenantId = :tenantId', { tenantId });
    if (filter.status) query.andWhere('run.status = :status', { status: filter.status });
    if (filter.workflowName) {
      query.andWhere('run.workflowName = :workflowName', { workflowName: filter.workflowName });
    }
    if (filter.scheduleId) query.andWhere('run.scheduleId = :scheduleId', { scheduleId: filter.scheduleId });
    if (filter.parentRunId === null) query.andWhere('run.parentRunId IS NULL');
    else if (filter.parentRunId)
      query.andWhere('run.parentRunId = :parentRunId', { parentRunId: filter.parentRunId });
    return readPage(query, 'run', 'DESC', filter.limit, filter.after);
  }

  /**
   * `queued → running`; nothing changes for a run that is already running or has ended.
   *
   * @returns the status afterwards, null when there is no such run.
   */
  async markRunning(tenantId: string, runId: string): Promise<RunStatus | null> {
    assertInTransaction(this.manager);
    const rows = await returning<{ status: RunStatus }>(
      this.manager,
      `UPDATE "run"
          SET "status" = 'running', "startedAt" = clock_timestamp(), "updatedAt" = clock_timestamp()
        WHERE "tenantId" = $1 AND "id" = $2 AND "status" = ANY($3)
        RETURNING "status"`,
      [tenantId, runId, runStatusesBefore('running')],
    );
    if (rows.length > 0) await this.events.append([runStarted(tenantId, runId)]);
    return rows[0]?.status ?? this.statusOf(tenantId, runId);
  }

  /**
   * Ends a run. A run that has already ended keeps its first outcome. One that fails while `queued` passes through
   * `running` in the same transaction, which its `startedAt` shows.
   *
   * @returns whether this call ended it; false when it had ended, or does not exist.
   * @throws InvalidTransitionError when its status does not lead there, as `queued` to `completed`.
   */
  async finishRun(tenantId: string, runId: string, outcome: RunOutcome): Promise<boolean> {
    assertInTransaction(this.manager);
    for (;;) {
      if (outcome.status === 'failed') await this.markRunning(tenantId, runId);
      const rows = await returning<EndedRun>(
        this.manager,
        `UPDATE "run"
            SET "status" = $4, "error" = $5, "errorCode" = $6, "output" = $7::jsonb,
                "completedAt" = clock_timestamp(), "updatedAt" = clock_timestamp()
          WHERE "tenantId" = $1 AND "id" = $2 AND "status" = ANY($3)
          RETURNING "status", "error", "errorCode",
                    round(extract(epoch FROM "completedAt" - "startedAt") * 1000)::int AS "durationMs"`,
        [
          tenantId,
          runId,
          runStatusesBefore(outcome.status),
          outcome.status,
          message(outcome.error ?? null),
          message(outcome.errorCode ?? null),
          jsonb(outcome.output),
        ],
      );
      if (rows[0]) {
        await this.events.append([runEnded(tenantId, runId, rows[0])]);
        return true;
      }
      const current = await this.statusOf(tenantId, runId);
      if (current === null || isTerminalRunStatus(current)) return false;
      // Does not throw when the run moved on between the two statements: then the update is tried again.
      assertRunTransition(current, outcome.status);
    }
  }

  /**
   * Adds to the context. A key whose old and new values are both objects is merged one level deep, so that steps that
   * finish together add to `{artifacts: {<stepId>: …}}` without losing each other's; any other key is replaced.
   */
  async mergeContext(tenantId: string, runId: string, patch: JsonObject): Promise<void> {
    await this.manager.query(
      `UPDATE "run"
          SET "context" = "context" || COALESCE((
                SELECT jsonb_object_agg(
                         added.key,
                         CASE WHEN jsonb_typeof(added.value) = 'object' AND jsonb_typeof("context" -> added.key) = 'object'
                              THEN ("context" -> added.key) || added.value
                              ELSE added.value END)
                  FROM jsonb_each($3::jsonb) AS added), '{}'),
              "updatedAt" = clock_timestamp()
        WHERE "tenantId" = $1 AND "id" = $2`,
      [tenantId, runId, JSON.stringify(patch)],
    );
  }

  /** Notes that Temporal accepted the start just now. */
  async recordStartRequested(tenantId: string, runId: string): Promise<void> {
    await this.manager.query(
      `UPDATE "run" SET "startRequestedAt" = clock_timestamp(), "updatedAt" = clock_timestamp()
        WHERE "tenantId" = $1 AND "id" = $2`,
      [tenantId, runId],
    );
  }

  private async statusOf(tenantId: string, runId: string): Promise<RunStatus | null> {
    const run = await this.manager.findOne(Run, {
      where: { tenantId, id: runId },
      select: { status: true, id: true },
    });
    return run?.status ?? null;
  }
}

function rowOf(run: NewRun): QueryDeepPartialEntity<Run> {
  return { ...run, rootRunId: run.rootRunId ?? run.id, status: 'queued' } as QueryDeepPartialEntity<Run>;
}
