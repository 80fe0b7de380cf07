import {
  derivedId,
  isUniqueViolation,
  repositories,
  transaction,
  type DataSource,
  type FiringOutcome,
  type Repositories,
  type Schedule,
  type ScheduleFiring,
} from '@cairn/dao';
import { UNTOLD_ENDINGS } from '../runs/untold-endings.js';
import { judge, type Verdict } from './judge-firings.js';
import {
  MOST_TIMES,
  type ClockState,
  type ScheduleControl,
  type StartedWorkflow,
} from './schedule-control.js';
import { recordEndedStart } from './scheduled-run.js';

/** A firing is not judged before Temporal has had so long to start its workflow and to list it. Milliseconds. */
const SETTLING_MS = 5_000;
/** Firings are kept for so long. Milliseconds. */
const KEEP_MS = 30 * 24 * 3_600_000;
/** Times noted in a round: a long outage is caught up with in several. */
const MOST_NOTED = 10 * MOST_TIMES;

interface LedgerParts {
  readonly dataSource: DataSource;
  readonly control: ScheduleControl;
}

/**
 * Keeps account of all times at which schedules are due, and what came of each. Temporal tells the times, as the clock
 * is its own; whether one has run is told by the runs that are recorded.
 */
export class FiringLedger {
  constructor(private readonly parts: LedgerParts) {}

  /** Notes what was due since the last time. @returns whether that is all */
  async noteDue(scheduleId: string, { jitterMs }: ClockState, end: Date): Promise<boolean> {
    const { dataSource, control } = this.parts;
    const { acrossTenants } = repositories(dataSource).schedules;
    for (let noted = 0; noted < MOST_NOTED; noted += MOST_TIMES) {
      const schedule = await acrossTenants.read(scheduleId);
      if (!schedule || schedule.exhausted || schedule.dueKnownUntil >= end) return true;
      const name = { tenantId: schedule.tenantId, scheduleId };
      // Temporal begins with the first time that, without jitter, lies after the start: with it, that may be one which
      // was not due yet the last time. It is due before the next time without jitter.
      const { dueKnownUntil, lastDueAt } = schedule;
      const last = lastDueAt ?? dueKnownUntil;
      const found = await control.timesBetween(name, last, end);
      const times = found.filter(time => time > dueKnownUntil);
      const whole = found.length < MOST_TIMES;
      await transaction(dataSource, async tx => {
        await tx.firings.insertDue(schedule, dueTimes(times, lastDueAt, jitterMs), 'clock');
        await tx.schedules.acrossTenants.recordClock(scheduleId, {
          ...schedule,
          dueKnownUntil: whole ? end : (times.at(-1) ?? dueKnownUntil),
          lastDueAt: found.at(-1) ?? last,
        });
      });
      if (whole) return true;
    }
    return false;
  }

  /**
   * The definition counts from that instant: what another one would have had due after it never was. With jitter, a time
   * counts that is due after it, also when without jitter it would not be, as Temporal goes on from the last one.
   */
  async changeOver(tx: Repositories, scheduleId: string, at: Date, jitterMs: number): Promise<void> {
    const { acrossTenants } = tx.schedules;
    const schedule = await acrossTenants.read(scheduleId);
    if (!schedule) return;
    await tx.firings.forgetPendingAfter(scheduleId, at);
    const last = jitterMs > 0 ? await tx.firings.lastDueBy(scheduleId, at) : at;
    const lastDueAt = new Date(Math.max(last?.getTime() ?? 0, at.getTime() - jitterMs));
    await acrossTenants.recordClock(scheduleId, { ...schedule, dueKnownUntil: at, lastDueAt });
  }

  /**
   * Finds out what came of the firings that were due.
   * @returns whether there are some of which that is not known yet
   */
  async account(scheduleId: string, state: ClockState): Promise<{ readonly pending: boolean }> {
    const { dataSource, control } = this.parts;
    const { firings, schedules } = repositories(dataSource);
    const caughtUp = await this.noteDue(scheduleId, state, await schedules.acrossTenants.now());
    const schedule = await schedules.acrossTenants.read(scheduleId);
    if (!schedule) return { pending: false };
    const { tenantId } = schedule;
    await firings.findRuns(tenantId, scheduleId);
    const now = await schedules.acrossTenants.now();
    const pending = await firings.listPending(scheduleId, now, MOST_TIMES);
    const [first, last] = [pending[0], pending.at(-1)];
    if (!first || !last) {
      await this.record(schedule, state, []);
      return { pending: !caughtUp };
    }
    const span = [first.nominalAfter, last.dueAt] as const;
    const started = await control.startedBetween({ tenantId, scheduleId }, ...span);
    const left = await this.withoutStarted(schedule, pending, started);
    const isRipe = ({ dueAt }: ScheduleFiring) => now.getTime() - dueAt.getTime() > SETTLING_MS;
    const asksForLast = state.remaining === 0 || schedule.overlap.endsWith('_other');
    const lastRan = (asksForLast && (await firings.lastRan(scheduleId))) || undefined;
    // When all the runs are started that it may start, nothing was due after the last of them.
    const over = state.remaining === 0 ? lastRan : undefined;
    const due = over ? left.filter(({ dueAt }) => dueAt <= over) : left;
    const after = over ? pending.filter(({ dueAt }) => dueAt > over) : [];
    const isAll = pending.length < MOST_TIMES;
    const mostRecent = Math.max(
      Number(lastRan ?? 0),
      ...pending.filter(firing => !left.includes(firing)).map(({ dueAt }) => +dueAt),
    );
    const lastStarted = mostRecent > 0 ? new Date(mostRecent) : undefined;
    const verdicts = judge(due, { schedule, state, now, lastStarted, isRipe, isAll });
    await this.settle(schedule, verdicts);
    // The first of them may be the last run, which is not recorded yet.
    const [next] = after;
    const undecided = next && !(isRipe(next) && after.every(firing => left.includes(firing)));
    if (over && !undecided) await firings.forgetPendingAfter(scheduleId, over);
    const open = pending.length - verdicts.length - (undecided ? 0 : after.length);
    await this.record(schedule, state, verdicts, open);
    return { pending: !caughtUp || open > 0 };
  }

  /** Notes what is accounted for of what Temporal has counted. @param open firings that are not judged */
  private async record(
    schedule: Schedule,
    state: ClockState,
    verdicts: readonly Verdict[],
    open = 0,
  ): Promise<void> {
    const { acrossTenants } = repositories(this.parts.dataSource).schedules;
    const count = (outcome: FiringOutcome) => verdicts.filter(verdict => verdict.outcome === outcome).length;
    const accounted =
      open === 0
        ? { accountedSkips: state.skipped, accountedMisses: state.missed }
        : {
            accountedSkips: schedule.accountedSkips + count('skipped'),
            accountedMisses: schedule.accountedMisses + count('missed'),
          };
    const exhausted = open === 0 && state.next.length === 0 && !state.paused && state.buffered === 0;
    await acrossTenants.recordClock(schedule.id, { ...schedule, ...accounted, exhausted });
    await repositories(this.parts.dataSource).firings.forgetOld(schedule.id, KEEP_MS);
  }

  /** A workflow that has ended without recording its run gets one now, which has ended too. */
  private async withoutStarted(
    schedule: Schedule,
    pending: readonly ScheduleFiring[],
    started: readonly StartedWorkflow[],
  ): Promise<readonly ScheduleFiring[]> {
    const left: ScheduleFiring[] = [];
    for (const firing of pending) {
      const mine = started.filter(
        ({ scheduledFor }) => scheduledFor > firing.nominalAfter && scheduledFor <= firing.dueAt,
      );
      if (mine.length === 0) left.push(firing);
      const [ended] = mine;
      if (!ended || mine.some(({ state }) => state === 'running')) continue;
      await this.recordEnded(schedule, ended);
    }
    return left;
  }

  private async recordEnded(schedule: Schedule, ended: StartedWorkflow): Promise<void> {
    const { temporalWorkflowId, executionId, scheduledFor, state } = ended;
    if (state === 'running' || state === 'not_found') return;
    const runId = derivedId(executionId, temporalWorkflowId);
    const fired = { runId, temporalWorkflowId, scheduledFor: scheduledFor.toISOString() };
    await recordEndedStart(this.parts.dataSource, schedule, fired, UNTOLD_ENDINGS[state]).catch(
      (error: unknown) => {
        // It was recorded a moment ago.
        if (!isUniqueViolation(error, 'run_pkey')) throw error;
      },
    );
  }

  private async settle(
    { tenantId, id: scheduleId, name }: Schedule,
    verdicts: readonly Verdict[],
  ): Promise<void> {
    await transaction(this.parts.dataSource, async tx => {
      for (const outcome of ['paused', 'skipped', 'missed'] as const) {
        const ids = verdicts.filter(verdict => verdict.outcome === outcome).map(({ firing }) => firing.id);
        if (ids.length === 0) continue;
        const settled = await tx.firings.settle(ids, outcome);
        if (outcome === 'paused') continue;
        await tx.events.append(
          settled.map(({ dueAt }) => ({
            tenantId,
            type: `schedule.${outcome}` as const,
            data: { scheduleId, name, dueAt: dueAt.toISOString() },
          })),
        );
      }
    });
  }
}

/**
 * Times with the spans in which their times without jitter lie: after the time before, as jitter never goes beyond the
 * next time, and at most the jitter ahead.
 */
function dueTimes(times: readonly Date[], lastDueAt: Date | null, jitterMs: number) {
  return times.map((dueAt, index) => {
    const before = (times[index - 1] ?? lastDueAt)?.getTime() ?? -Infinity;
    return { dueAt, nominalAfter: new Date(Math.max(before, dueAt.getTime() - jitterMs - 1)) };
  });
}
