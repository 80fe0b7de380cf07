import { digestOf } from '@cairn/canonical';
import {
  isUniqueViolation,
  newId,
  repositories,
  transaction,
  type Repositories,
  type Schedule,
} from '@cairn/dao';
import { CairnError, ValidationError, type http } from '@cairn/dto';
import { completeTrigger } from '../runs/complete-trigger.js';
import { findWorkflow } from '../runs/find-workflow.js';
import { NewRuns, type CreatedRun } from '../runs/new-runs.js';
import type { RunServiceParts } from '../runs/run-service.js';
import { checkedDefinition } from './definition.js';
import { MOST_TIMES, type ClockState, type ScheduleControl } from './schedule-control.js';
import type { ScheduleKeeper } from './schedule-keeper.js';

export interface ScheduleServiceParts extends RunServiceParts {
  readonly schedules: ScheduleControl;
  readonly keeper: Pick<ScheduleKeeper, 'soon'>;
}

/** Makes and changes schedules. A change counts once it is recorded; Temporal is told at once, or as soon as it can be. */
export class ScheduleService {
  private readonly newRuns: NewRuns;

  constructor(private readonly parts: ScheduleServiceParts) {
    this.newRuns = new NewRuns(parts);
  }

  /** @throws ValidationError with JSON Pointers into the trigger; CairnError CONFLICT when the name is taken */
  async create(tenantId: string, request: http.CreateScheduleRequest): Promise<Schedule> {
    const { paused = false, note = null, ...asked } = request;
    const definition = await checkedDefinition(this.parts, tenantId, asked);
    const id = newId();
    await this.named(definition.name, async tx => {
      await tx.schedules.insertSchedule({ ...definition, id, tenantId, paused, note });
      const { name, workflowName: workflow } = definition;
      const data = { scheduleId: id, name, workflow, revision: 1, paused };
      await tx.events.append([{ tenantId, type: 'schedule.created', data }]);
    });
    return this.told(tenantId, id);
  }

  /** @throws as `create`; CairnError NOT_FOUND */
  async update(tenantId: string, id: string, asked: http.ScheduleDefinition): Promise<Schedule> {
    await this.get(tenantId, id);
    const definition = await checkedDefinition(this.parts, tenantId, asked);
    await this.named(definition.name, async tx => {
      const { revision } = await locked(tx, tenantId, id);
      await tx.schedules.redefine(tenantId, id, definition);
      const { name, workflowName: workflow } = definition;
      const data = { scheduleId: id, name, workflow, revision: revision + 1 };
      await tx.events.append([{ tenantId, type: 'schedule.updated', data }]);
    });
    return this.told(tenantId, id);
  }

  /** Pauses it or has it go on; where that is so already, only the note changes. @throws CairnError NOT_FOUND */
  async pause(tenantId: string, id: string, paused: boolean, note?: string): Promise<Schedule> {
    await transaction(this.parts.dataSource, async tx => {
      const { name } = await locked(tx, tenantId, id);
      await tx.schedules.pause(tenantId, id, paused, note ?? null);
      const type = paused ? 'schedule.paused' : 'schedule.resumed';
      const data = { scheduleId: id, name, ...(note !== undefined && { note }) };
      await tx.events.append([{ tenantId, type, data }]);
    });
    return this.told(tenantId, id);
  }

  /**
   * Starts a run now, as the schedule would: beside all others, and none of its firings.
   *
   * @throws CairnError NOT_FOUND; ValidationError when the trigger breaks a rule by now; what NewRuns throws.
   */
  async trigger(tenantId: string, id: string, idempotencyKey?: string): Promise<CreatedRun> {
    const schedule = await this.get(tenantId, id);
    const requestDigest = digestOf({ scheduleId: id });
    return this.newRuns.once({ tenantId, idempotencyKey, requestDigest }, async () => {
      const { name, workflowName, workflowVersion, trigger, options } = schedule;
      const named = { workflow: workflowName, version: workflowVersion ?? undefined };
      const workflow = findWorkflow(this.parts.catalog, named);
      const complete = await completeTrigger(this.parts, tenantId, workflow, trigger);
      const runId = newId();
      return {
        run: { id: runId, graph: workflow.graph, options, scheduleId: id, ...complete },
        unless: async tx => {
          const data = { scheduleId: id, name };
          await tx.events.append([{ tenantId, runId, type: 'schedule.triggered', data }]);
        },
      };
    });
  }

  /**
   * Has the runs started of all times in a span that is over.
   *
   * @returns how many times these are
   * @throws CairnError NOT_FOUND; CONFLICT when Temporal does not have the definition yet; ValidationError when the
   *   span is wrong, empty or too long; TEMPORAL_UNAVAILABLE.
   */
  async backfill(tenantId: string, id: string, { from, to, overlap }: http.BackfillRequest): Promise<number> {
    const schedule = await this.get(tenantId, id);
    const span = { from: new Date(from), to: new Date(to) };
    const { schedules } = repositories(this.parts.dataSource);
    const now = await schedules.acrossTenants.now();
    if (span.to < span.from) throw wrong('/to', 'lies before from');
    if (span.to > now) throw wrong('/to', 'lies in the future');
    if (schedule.appliedRevision !== schedule.revision)
      throw new CairnError('CONFLICT', 'Temporal does not have this definition of the schedule yet');
    // Temporal takes the first instant of a backfill as one that counts.
    const after = new Date(span.from.getTime() - 1);
    const times = await this.parts.schedules.timesBetween({ tenantId, scheduleId: id }, after, span.to);
    if (times.length === 0) throw wrong('/to', 'the schedule was never due in this span');
    if (times.length >= MOST_TIMES) throw wrong('/to', `the span has ${MOST_TIMES} times or more`);
    await transaction(this.parts.dataSource, async tx => {
      const { name } = await locked(tx, tenantId, id);
      const asJson = { from: span.from.toISOString(), to: span.to.toISOString() };
      await tx.schedules.wantBackfill(tenantId, id, {
        ...{ id: newId(), overlap: overlap ?? 'buffer_all' },
        ...asJson,
      });
      const data = { scheduleId: id, name, ...asJson, firings: times.length };
      await tx.events.append([{ tenantId, type: 'schedule.backfilled', data }]);
    });
    await this.parts.keeper.soon(id);
    return times.length;
  }

  /** Its runs stay. @throws CairnError NOT_FOUND */
  async remove(tenantId: string, id: string): Promise<void> {
    await transaction(this.parts.dataSource, async tx => {
      const { name } = await locked(tx, tenantId, id);
      await tx.schedules.markDeleted(tenantId, id);
      await tx.events.append([{ tenantId, type: 'schedule.deleted', data: { scheduleId: id, name } }]);
    });
    await this.parts.keeper.soon(id);
  }

  /** How Temporal has it; undefined when Temporal cannot be asked, or does not have it. */
  async clock({ tenantId, id }: Schedule): Promise<ClockState | undefined> {
    return this.parts.schedules.describe({ tenantId, scheduleId: id }).catch(() => undefined);
  }

  /** @throws CairnError NOT_FOUND */
  async get(tenantId: string, id: string): Promise<Schedule> {
    return existing(await repositories(this.parts.dataSource).schedules.getSchedule(tenantId, id));
  }

  private async told(tenantId: string, id: string): Promise<Schedule> {
    await this.parts.keeper.soon(id);
    return this.get(tenantId, id);
  }

  private async named(name: string, work: (tx: Repositories) => Promise<void>): Promise<void> {
    try {
      await transaction(this.parts.dataSource, work);
    } catch (error) {
      if (isUniqueViolation(error, 'schedule_tenant_name_key'))
        throw new CairnError('CONFLICT', `There is a schedule ${name} already`, { cause: error });
      throw error;
    }
  }
}

async function locked(tx: Repositories, tenantId: string, id: string): Promise<Schedule> {
  return existing(await tx.schedules.lockSchedule(tenantId, id));
}

function existing(schedule: Schedule | null): Schedule {
  if (!schedule) throw new CairnError('NOT_FOUND', 'There is no such schedule');
  return schedule;
}

function wrong(path: string, message: string): ValidationError {
  return new ValidationError([{ path, code: 'VALIDATION_ERROR', message }], 'The request');
}
