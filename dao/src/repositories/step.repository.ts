import type { events } from '@cairn/dto';
import type { QueryDeepPartialEntity } from 'typeorm/query-builder/QueryPartialEntity.js';
import { RunStep } from '../entities/run-step.entity.js';
import type { StepKind } from '../entities/status.js';
import { RecordNotFoundError } from '../errors.js';
import { newId } from '../ids.js';
import { stepStatusesBefore } from '../state-machine.js';
import { assertInTransaction, jsonb, returning } from './sql.js';
import { CHANGED, StepEndings, type StepKey } from './step-endings.js';
import { stepStarted, stepWaiting, type ChangedStep } from './step-events.js';
import { stepOf } from './step-reader.js';

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

/** Rows inserted by one statement: 10 parameters each, and PostgreSQL takes 65,535. */
const INSERT_CHUNK = 1000;

/**
 * The steps of a tenant's runs. Every change of status is one conditional statement, so concurrent writers are safe,
 * and the one that makes it writes its event, in the same transaction.
 */
export class StepRepository extends StepEndings {
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
}
