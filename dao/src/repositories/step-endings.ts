import type { EntityManager } from 'typeorm';
import type { RunStepStatus, StepReason } from '../entities/status.js';
import { assertStepTransition, isTerminalStepStatus, stepStatusesBefore } from '../state-machine.js';
import type { EventRepository } from './event.repository.js';
import { assertInTransaction, jsonb, message, returning } from './sql.js';
import {
  stepCompleted,
  stepFailed,
  stepSkipped,
  stepStarted,
  type ChangedStep,
  type Given,
} from './step-events.js';
import { StepReader } from './step-reader.js';

/** The key under which a step's result is looked up, known once its inputs are. */
export interface StepKey {
  inputHash: string;
  cacheKey: string | null;
  keyIngredients?: unknown;
  /** What the skill is given, where that is more than the key holds. */
  fullInput?: unknown;
}

/** What a step gave. */
export interface StepResult extends Given {
  output?: unknown;
}

/** A step whose result was in the cache, and the run that made it. */
export type StepHit = StepKey &
  StepResult & {
    stepId: string;
    /** Of a child that another run has done: its run. */
    childRunId?: string | null;
  };

type FailedStep = ChangedStep & { error: string; errorCode: string | null; durationMs: number };

/** What each change of state gives back, for its event. */
export const CHANGED =
  '"run_step"."stepId", "run_step"."skillId", "run_step"."attempt", "run_step"."mapStepId"';

/** How steps end. */
export class StepEndings extends StepReader {
  constructor(
    manager: EntityManager,
    protected readonly events: EventRepository,
  ) {
    super(manager);
  }

  /**
   * `running → completed`.
   *
   * @returns whether this call completed it; false when it had ended, or does not exist.
   * @throws InvalidTransitionError when it is still pending.
   */
  async completeStep(
    tenantId: string,
    runId: string,
    stepId: string,
    result: StepResult & { cacheHit: boolean; durationMs: number | null },
  ): Promise<boolean> {
    const rows = await this.end(tenantId, runId, stepId, 'completed', () =>
      returning<ChangedStep>(
        this.manager,
        `UPDATE "run_step"
            SET "status" = 'completed', "outputArtifactIds" = $5::uuid[], "output" = $6::jsonb, "cacheHit" = $7,
                "durationMs" = $8, "madeByRunId" = $9, "error" = NULL, "errorCode" = NULL, "waitingOn" = NULL,
                "completedAt" = clock_timestamp(), "updatedAt" = clock_timestamp()
          WHERE "tenantId" = $1 AND "runId" = $2 AND "stepId" = $3 AND "status" = ANY($4)
          RETURNING ${CHANGED}`,
        [
          tenantId,
          runId,
          stepId,
          stepStatusesBefore('completed'),
          [...result.outputArtifactIds],
          jsonb(result.output),
          result.cacheHit,
          result.durationMs === null ? null : Math.round(result.durationMs),
          result.madeByRunId ?? null,
        ],
      ),
    );
    await this.events.append(rows.flatMap(step => stepCompleted({ tenantId, runId }, step, result)));
    return rows.length > 0;
  }

  /**
   * `pending → skipped` because the results were in the cache; the others stay as they are. The caller has locked
   * the rows.
   *
   * @returns the ids of the steps that this call skipped.
   */
  async skipStepsAsCacheHits(tenantId: string, runId: string, hits: readonly StepHit[]): Promise<string[]> {
    if (hits.length === 0) return [];
    assertInTransaction(this.manager);
    const rows = await returning<ChangedStep>(
      this.manager,
      `UPDATE "run_step" AS "step"
          SET "status" = 'skipped', "reason" = 'cache_hit', "cacheHit" = true,
              "inputHash" = "hit"."inputHash", "cacheKey" = "hit"."cacheKey",
              "keyIngredients" = "hit"."keyIngredients", "fullInput" = "hit"."fullInput",
              "outputArtifactIds" = ARRAY(SELECT jsonb_array_elements_text("hit"."outputArtifactIds")::uuid),
              "output" = "hit"."output", "madeByRunId" = "hit"."madeByRunId", "childRunId" = "hit"."childRunId",
              "waitingOn" = NULL,
              "completedAt" = clock_timestamp(), "updatedAt" = clock_timestamp()
         FROM jsonb_to_recordset($4::jsonb) AS "hit"
              ("stepId" text, "inputHash" text, "cacheKey" text, "keyIngredients" jsonb, "fullInput" jsonb,
               "outputArtifactIds" jsonb, "output" jsonb, "madeByRunId" uuid, "childRunId" uuid)
        WHERE "step"."tenantId" = $1 AND "step"."runId" = $2 AND "step"."stepId" = "hit"."stepId"
          AND "step"."status" = ANY($3)
        RETURNING ${CHANGED.replaceAll('"run_step"', '"step"')}`,
      [tenantId, runId, stepStatusesBefore('skipped'), jsonb(hits.map(({ artifacts: _, ...hit }) => hit))],
    );
    const given = new Map(hits.map(hit => [hit.stepId, hit]));
    const run = { tenantId, runId };
    await this.events.append(
      rows.flatMap(step => stepSkipped(run, step, 'cache_hit', given.get(step.stepId))),
    );
    return rows.map(({ stepId }) => stepId);
  }

  /**
   * `pending → skipped` for those of the named steps that are pending; the others stay as they are. All of them are
   * locked first, in the order of the graph, as a look-up locks its hits: the other order could deadlock.
   *
   * @returns the ids of the steps that this call skipped, in the order of the graph.
   */
  async skipSteps(
    tenantId: string,
    runId: string,
    stepIds: readonly string[],
    reason: Exclude<StepReason, 'cache_hit'>,
  ): Promise<string[]> {
    if (stepIds.length === 0) return [];
    assertInTransaction(this.manager);
    const rows = await returning<ChangedStep & { position: number }>(
      this.manager,
      `WITH "locked" AS MATERIALIZED (
              SELECT "id" FROM "run_step"
               WHERE "tenantId" = $1 AND "runId" = $2 AND "stepId" = ANY($3)
               ORDER BY "position", "id" FOR UPDATE)
       UPDATE "run_step" AS "step"
          SET "status" = 'skipped', "reason" = $5, "waitingOn" = NULL,
              "completedAt" = clock_timestamp(), "updatedAt" = clock_timestamp()
         FROM (SELECT array_agg("id") AS "ids" FROM "locked") AS "all"
        WHERE "step"."id" = ANY("all"."ids") AND "step"."status" = ANY($4)
        RETURNING ${CHANGED.replaceAll('"run_step"', '"step"')}, "step"."position"`,
      [tenantId, runId, [...stepIds], stepStatusesBefore('skipped'), reason],
    );
    rows.sort((a, b) => a.position - b.position);
    await this.events.append(rows.flatMap(step => stepSkipped({ tenantId, runId }, step, reason)));
    return rows.map(row => row.stepId);
  }

  /**
   * `running → failed`. A pending step passes through `running` in the same transaction, which its `startedAt` shows.
   *
   * @returns whether this call failed it; false when it had ended, or does not exist.
   */
  async failStep(
    tenantId: string,
    runId: string,
    stepId: string,
    failure: { error: string; errorCode: string | null; attempt?: number },
  ): Promise<boolean> {
    const rows = await this.end(tenantId, runId, stepId, 'failed', async () => {
      await this.begin(tenantId, runId, stepId);
      return returning<FailedStep>(
        this.manager,
        `UPDATE "run_step"
            SET "status" = 'failed', "error" = $5, "errorCode" = $6, "waitingOn" = NULL,
                "attempt" = GREATEST("attempt", $7::int), "completedAt" = clock_timestamp(), "updatedAt" = clock_timestamp()
          WHERE "tenantId" = $1 AND "runId" = $2 AND "stepId" = $3 AND "status" = ANY($4)
          RETURNING ${CHANGED}, "error", "errorCode",
                    round(extract(epoch FROM "completedAt" - "startedAt") * 1000)::int AS "durationMs"`,
        [
          tenantId,
          runId,
          stepId,
          stepStatusesBefore('failed'),
          message(failure.error),
          message(failure.errorCode),
          failure.attempt ?? null,
        ],
      );
    });
    await this.events.append(rows.flatMap(step => stepFailed({ tenantId, runId }, step)));
    return rows.length > 0;
  }

  /** `pending → running`, for a step that fails before anything was done. */
  private async begin(tenantId: string, runId: string, stepId: string): Promise<void> {
    const rows = await returning<ChangedStep>(
      this.manager,
      `UPDATE "run_step" SET "status" = 'running', "startedAt" = clock_timestamp()
        WHERE "tenantId" = $1 AND "runId" = $2 AND "stepId" = $3 AND "status" = 'pending' RETURNING ${CHANGED}`,
      [tenantId, runId, stepId],
    );
    await this.events.append(rows.flatMap(step => stepStarted({ tenantId, runId }, step)));
  }

  /** Runs a conditional update to a final status. @returns what it gave; nothing when the step had ended, or does not exist */
  private async end<Row>(
    tenantId: string,
    runId: string,
    stepId: string,
    to: RunStepStatus,
    update: () => Promise<Row[]>,
  ): Promise<Row[]> {
    assertInTransaction(this.manager);
    for (;;) {
      const rows = await update();
      if (rows.length > 0) return rows;
      const step = await this.getStep(tenantId, runId, stepId);
      if (!step || isTerminalStepStatus(step.status)) return [];
      // Does not throw when the step moved on between the two statements: then the update is tried again.
      assertStepTransition(step.status, to);
    }
  }
}
