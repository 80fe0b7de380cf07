import { setTimeout as delay } from 'node:timers/promises';
import { repositories, transaction, type DataSource, type Schedule } from '@cairn/dao';
import type { Log } from '../log.js';
import { isRefusedForGood, reasonOf } from '../runs/start-refusal.js';
import { CarryOver } from './carry-over.js';
import { FiringLedger } from './firing-ledger.js';
import { nameOf, type ClockDefinition, type ClockState, type ScheduleControl } from './schedule-control.js';

export interface ScheduleKeeperSettings {
  /** Schedules per tick. */
  readonly batch: number;
  /** One that somebody compares is left alone for so long at most. Milliseconds. */
  readonly holdMs: number;
  /** One that waits for something is looked at again after this. Milliseconds. */
  readonly soonMs: number;
  /** One that is at rest is looked at again after this. Milliseconds. */
  readonly restMs: number;
}
const DEFAULTS: ScheduleKeeperSettings = { batch: 50, holdMs: 30_000, soonMs: 2_000, restMs: 60_000 };

/** A caller waits so long for somebody who compares the schedule, looking again after each pause. Milliseconds. */
const WAIT_FOR_HOLDER = { mostMs: 3_000, pauseMs: 50 };

/** So far ahead the times of a definition are noted that is about to be replaced: longer than a call takes. Milliseconds. */
const AHEAD_MS = 30_000;

/** A definition that Temporal refuses is not offered again for so long. Milliseconds. */
const REFUSED_MS = 60_000;

export interface ScheduleKeeperParts {
  readonly dataSource: DataSource;
  readonly control: ScheduleControl;
  readonly log: Log;
}

/**
 * Makes Temporal's schedules agree with those that are recorded, and finds out what came of each time at which one was
 * due. A change is recorded first, so that nothing is lost when a process dies in between: all that is done here can be
 * done again. A schedule is compared by one process at a time. What an operator pauses or resumes in Temporal's own UI
 * is taken over; a schedule that was deleted there is made again.
 */
export class ScheduleKeeper {
  private readonly settings: ScheduleKeeperSettings;
  private readonly ledger: FiringLedger;
  private readonly carryOver: CarryOver;

  constructor(
    private readonly parts: ScheduleKeeperParts,
    settings: Partial<ScheduleKeeperSettings> = {},
  ) {
    this.settings = { ...DEFAULTS, ...settings };
    this.ledger = new FiringLedger(parts);
    this.carryOver = new CarryOver(parts, this.ledger);
  }

  /**
   * Looks at the schedules whose turn it is.
   * @throws when the database or Temporal cannot be reached, or else what the first schedule that failed threw, after
   *   the others have had their turn.
   */
  async tick(): Promise<void> {
    const { batch, holdMs } = this.settings;
    const { acrossTenants } = repositories(this.parts.dataSource).schedules;
    const failures: unknown[] = [];
    for (const schedule of await acrossTenants.holdDue({ limit: batch, holdMs })) {
      await this.keep(schedule).catch((error: unknown) => {
        const message = reasonOf(error);
        this.parts.log.warn({ scheduleId: schedule.id, error: message }, 'a schedule cannot be kept');
        failures.push(error);
      });
    }
    if (failures.length > 0) throw failures[0];
  }

  /** Looks at one schedule now, or right after somebody who does. What fails, or takes too long, is left to a tick. */
  async soon(scheduleId: string): Promise<void> {
    const schedule = await this.heldSoon(scheduleId);
    if (!schedule) return;
    await this.keep(schedule).catch((error: unknown) => {
      const message = reasonOf(error);
      this.parts.log.warn({ scheduleId, error: message }, 'the schedule is recorded; Temporal is told later');
    });
  }

  private async heldSoon(scheduleId: string): Promise<Schedule | null> {
    const { acrossTenants } = repositories(this.parts.dataSource).schedules;
    const end = performance.now() + WAIT_FOR_HOLDER.mostMs;
    for (;;) {
      const schedule = await acrossTenants.hold(scheduleId, this.settings.holdMs);
      if (schedule || performance.now() > end || !(await acrossTenants.read(scheduleId))) return schedule;
      await delay(WAIT_FOR_HOLDER.pauseMs);
    }
  }

  private async keep(schedule: Schedule): Promise<void> {
    const { soonMs } = this.settings;
    const { acrossTenants } = repositories(this.parts.dataSource).schedules;
    const { wishes } = schedule;
    try {
      const againInMs = await this.agree(schedule);
      await acrossTenants.letGo(schedule.id, { againInMs, wishes });
    } catch (error) {
      const refused = isRefusedForGood(error);
      const again = refused ? { againInMs: REFUSED_MS, syncError: reasonOf(error) } : { againInMs: soonMs };
      await acrossTenants.letGo(schedule.id, { ...again, wishes });
      throw error;
    }
  }

  /** @returns when to look again. Milliseconds */
  private async agree(schedule: Schedule): Promise<number> {
    const { dataSource, control } = this.parts;
    const { acrossTenants } = repositories(dataSource).schedules;
    const name = nameOf(schedule);
    if (schedule.deletedAt) {
      await control.remove(name);
      await acrossTenants.remove(schedule.id);
      return 0;
    }
    const defined = await this.agreeOnDefinition(schedule);
    if (!defined) return this.settings.restMs;
    const state = await this.agreeOnPause(schedule, defined);
    for (const backfill of schedule.backfills) {
      const span = { from: new Date(backfill.from), to: new Date(backfill.to), overlap: backfill.overlap };
      await control.backfill(name, span, backfill.id);
      await acrossTenants.recordBackfilled(schedule.id, backfill.id);
    }
    const { pending } = await this.ledger.account(schedule.id, state);
    const { soonMs, restMs } = this.settings;
    if (pending) return soonMs;
    const next = state.next[0];
    return next ? Math.min(restMs, Math.max(0, next.getTime() - Date.now()) + soonMs) : restMs;
  }

  /** @returns what Temporal has; undefined where it has, and needs, nothing any more */
  private async agreeOnDefinition(schedule: Schedule): Promise<ClockState | undefined> {
    const { dataSource, control, log } = this.parts;
    const { acrossTenants } = repositories(dataSource).schedules;
    const { id, revision, appliedRevision } = schedule;
    const name = nameOf(schedule);
    let state = await control.describe(name);
    if (!state) {
      // Temporal forgets a schedule that has nothing to do any more.
      if (schedule.exhausted && appliedRevision === revision && schedule.backfills.length === 0)
        return undefined;
      if (appliedRevision > 0) log.warn({ scheduleId: id }, 'makes a schedule again that Temporal has lost');
      const now = await acrossTenants.now();
      await control.create(definitionOf(schedule, schedule.limit ?? undefined), catchUpFrom(schedule, now));
      await acrossTenants.forgetCounts(id);
      state = await this.found(name);
      if (appliedRevision === 0) await this.changedOver(schedule, state);
      else {
        await this.goneOn(id, state);
        await acrossTenants.recordApplied(id, revision);
      }
      return state;
    }
    // Temporal was told by a process that died before it could say so.
    if (state.revision > appliedRevision) await this.changedOver(schedule, state);
    if (state.revision === revision) return state;
    // Times of the old definition are noted before nobody can tell them any more.
    await this.ledger.noteDue(id, state, new Date((await acrossTenants.now()).getTime() + AHEAD_MS));
    const limited = schedule.limitRevision > state.revision;
    const remaining = limited ? (schedule.limit ?? undefined) : state.remaining;
    await control.update(definitionOf(schedule, remaining));
    state = await this.found(name);
    await this.changedOver(schedule, state);
    return state;
  }

  private async changedOver(schedule: Schedule, state: ClockState): Promise<void> {
    const { dataSource } = this.parts;
    const { id, appliedRevision } = schedule;
    const isFirst = appliedRevision === 0;
    const from = isFirst ? await this.carryOver.begin(schedule, state) : state.updatedAt;
    if (from) {
      const jitterMs = isFirst ? 0 : state.jitterMs;
      await transaction(dataSource, tx => this.ledger.changeOver(tx, id, from, jitterMs));
    }
    if (!isFirst) await this.carryOver.recall(id, state);
    await repositories(dataSource).schedules.acrossTenants.recordApplied(id, state.revision);
  }

  private async agreeOnPause(schedule: Schedule, state: ClockState): Promise<ClockState> {
    const { dataSource, control } = this.parts;
    const { id, tenantId, paused, name } = schedule;
    const { acrossTenants } = repositories(dataSource).schedules;
    if (schedule.pauseApplied && state.paused !== paused) {
      const note = state.note ?? null;
      await transaction(dataSource, async tx => {
        if (!(await tx.schedules.acrossTenants.adoptPause(id, state.paused, note))) return;
        const type = state.paused ? 'schedule.paused' : 'schedule.resumed';
        const data = { scheduleId: id, name, inTemporal: true as const, ...(note !== null && { note }) };
        await tx.events.append([{ tenantId, type, data }]);
      });
      if (!state.paused) await this.goneOn(id, state);
      return state;
    }
    if (state.paused !== paused)
      await control.setPaused(nameOf(schedule), paused, schedule.note ?? undefined);
    if (!schedule.pauseApplied) {
      if (!paused) await this.goneOn(id, state);
      await acrossTenants.recordPauseApplied(id, paused);
    }
    return { ...state, paused };
  }

  /** Temporal counts from now on, after a while in which it did not. */
  private async goneOn(scheduleId: string, state: ClockState): Promise<void> {
    const now = await repositories(this.parts.dataSource).schedules.acrossTenants.now();
    if (await this.ledger.noteDue(scheduleId, state, now)) await this.carryOver.recall(scheduleId, state);
  }

  private async found(name: ReturnType<typeof nameOf>): Promise<ClockState> {
    const state = await this.parts.control.describe(name);
    if (!state) throw new Error(`Temporal does not have the schedule ${name.scheduleId} that it was given`);
    return state;
  }
}

/**
 * From when what was due before Temporal had the schedule is started with it, as after an outage. Undefined where
 * nothing is: it was paused, or Temporal, which does not count such starts, would start more than it may.
 */
function catchUpFrom(schedule: Schedule, now: Date): Date | undefined {
  const { appliedRevision, createdAt, catchupMs, paused, pauses, limit } = schedule;
  if (appliedRevision > 0 || paused || pauses.length > 0 || limit !== null) return undefined;
  return new Date(Math.max(createdAt.getTime() + 1, now.getTime() - catchupMs));
}

function definitionOf(schedule: Schedule, remaining: number | undefined): ClockDefinition {
  const { revision, name, workflowName, times, overlap, catchupMs, paused, note } = schedule;
  return {
    ...nameOf(schedule),
    ...{ revision, name, workflowName, times, overlap, catchupMs, remaining, paused },
    note: note ?? undefined,
  };
}
