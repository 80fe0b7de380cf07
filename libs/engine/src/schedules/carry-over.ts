import { repositories, type DataSource, type Schedule } from '@cairn/dao';
import type { FiringLedger } from './firing-ledger.js';
import { nameOf, type ClockState, type ScheduleControl } from './schedule-control.js';

interface CarryOverParts {
  readonly dataSource: DataSource;
  readonly control: ScheduleControl;
}

/**
 * Carries due times over the instants at which Temporal begins to count: a creation, an edit, a resume. It counts by
 * times without jitter, so one that lies before such an instant, and with jitter after it, may be overlooked.
 */
export class CarryOver {
  constructor(
    private readonly parts: CarryOverParts,
    private readonly ledger: FiringLedger,
  ) {}

  /**
   * Starts what was due while the call that created the schedule was on its way, and notes all that was due before
   * Temporal's clock counts by itself. @returns from when on that is
   */
  async begin(schedule: Schedule, state: ClockState): Promise<Date> {
    const { dataSource, control } = this.parts;
    const { id, overlap } = schedule;
    const { createdAt, caughtUpUntil, jitterMs } = state;
    if (!caughtUpUntil) return createdAt;
    // All of it: what is not noted would be started once more.
    while (!(await this.ledger.noteDue(id, state, caughtUpUntil)));
    const noted = await repositories(dataSource).schedules.acrossTenants.read(id);
    const last = noted?.lastDueAt ?? schedule.createdAt;
    const name = nameOf(schedule);
    const mostJittered = new Date(createdAt.getTime() + jitterMs);
    // A time whose jitter reaches beyond the creation is none of those that Temporal lists from the creation on.
    const listed = new Set((await control.timesBetween(name, createdAt, mostJittered)).map(Number));
    const rest = (await control.timesBetween(name, last, mostJittered)).filter(time => !listed.has(+time));
    const from = new Date(Math.max(createdAt.getTime(), last.getTime(), ...rest.map(Number)));
    // Temporal starts one of those by itself, but does not wake up for it unless it is told something.
    if (rest.length > 0)
      await control.backfill(name, { from: new Date(last.getTime() + 1), to: createdAt, overlap }, id);
    await this.ledger.noteDue(id, state, from);
    return from;
  }

  /** After an edit or a resume: the next time that is due runs also when Temporal would overlook it. */
  async recall(scheduleId: string, { jitterMs }: ClockState): Promise<void> {
    const { dataSource, control } = this.parts;
    const schedule = await repositories(dataSource).schedules.acrossTenants.read(scheduleId);
    if (jitterMs === 0 || !schedule?.lastDueAt) return;
    const { lastDueAt, dueKnownUntil } = schedule;
    const name = nameOf(schedule);
    const mostJittered = new Date(dueKnownUntil.getTime() + jitterMs);
    const due = await control.timesBetween(name, lastDueAt, mostJittered);
    const next = due.find(time => time > dueKnownUntil);
    const [listed] = await control.timesBetween(name, dueKnownUntil, mostJittered);
    if (next && next.getTime() !== listed?.getTime()) await control.recall(name, lastDueAt);
  }
}
