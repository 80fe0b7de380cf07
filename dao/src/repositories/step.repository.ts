import type { events } from '@cairn/dto';
import type { EntityManager } from 'typeorm';
import type { QueryDeepPartialEntity } from 'typeorm/query-builder/QueryPartialEntity.js';
import { RunStep } from '../entities/run-step.entity.js';
import type { RunStepStatus, StepKind, StepReason } from '../entities/status.js';
import { RecordNotFoundError } from '../errors.js';
import { newId } from '../ids.js';
import { assertStepTransition, isTerminalStepStatus, stepStatusesBefore } from '../state-machine.js';
import type { EventRepository } from './event.repository.js';
import { assertInTransaction, jsonb, message, returning } from './sql.js';
import {
  stepCompleted,
  stepFailed,
  stepSkipped,
  stepStarted,
  stepWaiting,
  type ChangedStep,
  type Given,
} from './step-events.js';
import { StepReader, stepOf } from './step-reader.js';

/** What a caller says about a step that does not exist yet. It starts `pending`. */
export interface NewRunStep {
  id?: string;
  runId: string;
  tenantId: string;
  stepId: string;
  skillId: string;
  /** Order in the graph, from 0; of an item's step, that of its map. */
  position: number;
  /** `step` unless told. */
  kind?: StepKind;
  /** Of an item's step: its map, and the item's name. */
  mapStepId?: string;
  itemKey?: string;
  /** Digest of the symbolic input; never empty. */
  inputHash: string;
}

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

/** Rows inserted by one statement: 10 parameters each, and PostgreSQL takes 65,535. */
const INSERT_CHUNK = 1000;

/** What each change of state gives back, for its event. */
const CHANGED = '"run_step"."stepId", "run_step"."skillId", "run_step"."attempt", "run_step"."mapStepId"';

/**
 * The steps of a tenant's runs. Every change of status is one conditional statement, so concurrent writers are safe,
 * and the one that makes it writes its event, in the same transaction.
 */
export class StepRepository extends StepReader {
  constructor(
    manager: EntityManager,
    private readonly events: EventRepository,
  ) {
    super(manager);
  }

  async insertSteps(steps: readonly NewRunStep[]): Promise<void> {
    for (let from = 0; from < steps.length; from += INSERT_CHUNK) {
      const rows = steps.slice(from, from + INSERT_CHUNK).map(step => ({ ...step, id: step.id ?? newId() }));
      await this.manager.insert(RunStep, rows as QueryDeepPartialEntity<RunStep>[]);
    }
  }

  /** Inserts the steps of items of a map, unless they are there already. */
  async insertItemSteps(
    steps: readonly (NewRunStep & { mapStepId: string; itemKey: string })[],
  ): Promise<void> {
    await this.manager.query(
      `INSERT INTO "run_step" ("id", "runId", "tenantId", "stepId", "skillId", "position", "kind", "mapStepId",
                               "itemKey", "inputHash")
       SELECT "new".* FROM jsonb_to_recordset($1::jsonb) AS "new"
              ("id" uuid, "runId" uuid, "tenantId" text, "stepId" text, "skillId" text, "position" int, "kind" text,
               "mapStepId" text, "itemKey" text, "inputHash" text)
       ON CONFLICT ("runId", "stepId") DO NOTHING`,
      [JSON.stringify(steps.map(step => ({ ...step, id: newId(), kind: step.kind ?? 'step' })))],
    );
  }

  /**
   * `pending → running`, or a new attempt of a running step. `startedAt` is that of the first attempt, and `attempt`
   * never goes back when a late one reports.
   *
   * @returns the step afterwards; one that has ended is returned as it is.
   * @throws RecordNotFoundError when there is no such step.
   */
  async startAttempt(
    tenantId: string,
    runId: string,
    stepId: string,
    start: StepKey & { attempt: number },
  ): Promise<RunStep> {
    assertInTransaction(this.manager);
    const rows = await returning<RunStep>(
      this.manager,
      `UPDATE "run_step"
          SET "status" = 'running',
              "attempt" = CASE WHEN "status" = 'running' THEN GREATEST("attempt", $5::int) ELSE $5::int END,
              "inputHash" = $6, "cacheKey" = $7, "keyIngredients" = $8::jsonb, "fullInput" = $9::jsonb, "waitingOn" = NULL,
              "startedAt" = COALESCE("startedAt", clock_timestamp()), "updatedAt" = clock_timestamp()
        WHERE "tenantId" = $1 AND "runId" = $2 AND "stepId" = $3 AND "status" = ANY($4)
        RETURNING *`,
      [
        tenantId,
        runId,
        stepId,
        stepStatusesBefore('running'),
        start.attempt,
        start.inputHash,
        start.cacheKey,
        jsonb(start.keyIngredients),
        jsonb(start.fullInput),
      ],
    );
    if (rows[0]) {
      const started = stepOf(rows[0]);
      await this.events.append(stepStarted({ tenantId, runId }, started));
      return started;
    }
    const step = await this.getStep(tenantId, runId, stepId);
    if (!step) throw new RecordNotFoundError('step', `${runId}/${stepId}`);
    return step;
  }

  /**
   * `pending → running` for a step that is done by a run of its own.
   * @returns whether this call began it.
   */
  async beginChild(
    tenantId: string,
    runId: string,
    stepId: string,
    { inputHash, childRunId }: { inputHash: string; childRunId: string },
  ): Promise<boolean> {
    assertInTransaction(this.manager);
    const rows = await returning<ChangedStep>(
      this.manager,
      `UPDATE "run_step"
          SET "status" = 'running', "inputHash" = $4, "childRunId" = $5, "startedAt" = clock_timestamp(),
              "updatedAt" = clock_timestamp()
        WHERE "tenantId" = $1 AND "runId" = $2 AND "stepId" = $3 AND "status" = 'pending' RETURNING ${CHANGED}`,
      [tenantId, runId, stepId, inputHash, childRunId],
    );
    const run = { tenantId, runId };
    await this.events.append(rows.flatMap(step => stepStarted(run, { ...step, childRunId })));
    return rows.length > 0;
  }

  /**
   * Notes whom a step waits for before it can go on; it stays `pending`, or `running` after an attempt of its own.
   * Nothing changes for one that has ended.
   */
  async noteWaiting(
    tenantId: string,
    runId: string,
    stepId: string,
    waiting: StepKey & { waitingOn: events.EventData<'step.waiting'>['on'] },
  ): Promise<void> {
    assertInTransaction(this.manager);
    const rows = await returning<ChangedStep & { isNew: boolean }>(
      this.manager,
      `UPDATE "run_step"
          SET "waitingOn" = $5::jsonb, "inputHash" = $6, "cacheKey" = $7, "keyIngredients" = $8::jsonb,
              "updatedAt" = clock_timestamp()
         FROM (SELECT "id" AS "beforeId", "waitingOn" AS "before" FROM "run_step"
                WHERE "tenantId" = $1 AND "runId" = $2 AND "stepId" = $3 FOR UPDATE) AS "old"
        WHERE "run_step"."id" = "old"."beforeId" AND "status" = ANY($4)
        RETURNING ${CHANGED}, "old"."before" IS DISTINCT FROM "run_step"."waitingOn" AS "isNew"`,
      [
        tenantId,
        runId,
        stepId,
        stepStatusesBefore('running'),
        jsonb(waiting.waitingOn),
        waiting.inputHash,
        waiting.cacheKey,
        jsonb(waiting.keyIngredients),
      ],
    );
    const run = { tenantId, runId };
    const told = rows.filter(({ isNew }) => isNew);
    await this.events.append(told.flatMap(step => stepWaiting(run, step, waiting.waitingOn)));
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
