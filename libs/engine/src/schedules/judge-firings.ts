import type { FiringOutcome, Pause, Schedule, ScheduleFiring } from '@cairn/dao';
import type { ClockState } from './schedule-control.js';

/** What came of a firing. */
export interface Verdict {
  readonly firing: ScheduleFiring;
  readonly outcome: FiringOutcome;
}

/** So late Temporal may be, on a busy machine: what was due so shortly before a pause may not have been started. Milliseconds. */
const LATE_MS = 10_000;
/** Temporal's own clock may be a little late. Milliseconds. */
const CATCHUP_SLACK_MS = 10_000;

/** What firings are judged by. */
export interface Evidence {
  readonly schedule: Schedule;
  readonly state: ClockState;
  readonly now: Date;
  /** The latest firing whose workflow has been started. */
  readonly lastStarted: Date | undefined;
  /** Whether a firing is so old that its workflow would be known. */
  isRipe(firing: ScheduleFiring): boolean;
  /** Whether there are no later firings that are pending. */
  readonly isAll: boolean;
}

/**
 * Judges firings of which there is no run and no workflow, in the order of their times:
 *
 * 1. One that fell into a pause that Temporal knows of: `paused`. It may not deal with it before the pause is over.
 * 2. One that Temporal has not dealt with yet is left pending, unless it is older than the catch-up window.
 * 3. One that may wait for an earlier run to end is left pending.
 * 4. The newest, as many as Temporal says it has skipped because of other runs: `skipped`. So is one that waited for the
 *    end of a run that it had cancelled or terminated, and gave way to a later one: that is not counted. While that is
 *    not known it is left pending.
 * 5. One that waited for an earlier run when a pause began, or that Temporal was late with, and that it has not counted:
 *    `paused`. Temporal forgets it.
 * 6. The others: `missed`. An outage misses what is oldest in it.
 *
 * One that is not ripe is left pending, though it may be among those that Temporal has counted.
 */
export function judge(firings: readonly ScheduleFiring[], evidence: Evidence): readonly Verdict[] {
  const { schedule, state, now, isRipe } = evidence;
  const [next] = state.next;
  const tooLate = now.getTime() - schedule.catchupMs - CATCHUP_SLACK_MS;
  const isPaused = ({ dueAt }: ScheduleFiring) =>
    schedule.pauses.some(pause => fallsInto(pause, dueAt.getTime()));
  const active = firings.filter(firing => !isPaused(firing));
  const isLeft = ({ dueAt }: ScheduleFiring) => next && dueAt >= next && dueAt.getTime() >= tooLate;
  const dealtWith = firings.filter(firing => (schedule.pauseApplied && isPaused(firing)) || !isLeft(firing));
  const paused = dealtWith.filter(isPaused);
  const others = dealtWith.filter(firing => !isPaused(firing));
  const ended = withoutBuffered(others, schedule, state);
  const late = findLate(ended, evidence);
  paused.push(...late);
  const rest = ended.filter(firing => !late.includes(firing));
  const { counted, missed } = countMissed(rest, evidence);
  const outcomeOf = (firing: ScheduleFiring, at: number): FiringOutcome => {
    if (at >= missed || (at >= counted && gaveWay(firing, evidence))) return 'skipped';
    if (at >= counted && mayGiveWay(firing, active, evidence)) return 'pending';
    return at >= counted && wasForgotten(firing, schedule) ? 'paused' : 'missed';
  };
  return [
    ...paused.map(firing => ({ firing, outcome: 'paused' as const })),
    ...rest.map((firing, at) => ({ firing, outcome: outcomeOf(firing, at) })),
  ].filter(({ firing, outcome }) => isRipe(firing) && outcome !== 'pending');
}

/** What Temporal has counted since the last time. */
const countedBy = ({ schedule, state }: Evidence) => ({
  skips: Math.max(0, state.skipped - schedule.accountedSkips),
  misses: Math.max(0, state.missed - schedule.accountedMisses),
});

/** Whether its firings wait for an earlier run to end. */
const waits = ({ overlap }: Schedule) => overlap !== 'skip' && overlap !== 'allow_all';

/** Those right before a pause that Temporal was late with: the newest, as many as it has counted in no way. */
function findLate(firings: readonly ScheduleFiring[], evidence: Evidence): readonly ScheduleFiring[] {
  // Of those that wait, the newest are those that were skipped.
  if (waits(evidence.schedule)) return [];
  const { skips, misses } = countedBy(evidence);
  const uncounted = evidence.isAll ? Math.max(0, firings.length - skips - misses) : 0;
  const isLate = ({ dueAt }: ScheduleFiring) =>
    evidence.schedule.pauses.some(({ from }) => {
      const before = Date.parse(from) - dueAt.getTime();
      return before > 0 && before <= LATE_MS;
    });
  return uncounted === 0 ? [] : firings.filter(isLate).slice(-uncounted);
}

/** How many, of the oldest, are missed: those that Temporal has counted, and in all those that it has not skipped. */
function countMissed(
  firings: readonly ScheduleFiring[],
  evidence: Evidence,
): { readonly counted: number; readonly missed: number } {
  const { isRipe, isAll } = evidence;
  const { skips, misses } = countedBy(evidence);
  if (!isAll) {
    const missed = Math.min(misses, firings.length);
    return { counted: missed, missed };
  }
  // One that has just been started may not be known to have been.
  const counted = Math.min(misses, Math.max(0, firings.length - skips));
  return { counted, missed: Math.max(counted, firings.filter(isRipe).length - skips) };
}

const endsOthers = ({ overlap }: Schedule) => overlap === 'cancel_other' || overlap === 'terminate_other';

/** It waited for the end of a run that it had ended, when a later one took its place, which may still wait. */
function gaveWay({ dueAt }: ScheduleFiring, { schedule, state, lastStarted }: Evidence): boolean {
  const isPassed = state.buffered > 0 || (lastStarted !== undefined && dueAt < lastStarted);
  return endsOthers(schedule) && isPassed;
}

/** It is not known yet whether a later one took its place. */
function mayGiveWay(
  { dueAt }: ScheduleFiring,
  firings: readonly ScheduleFiring[],
  { schedule, isRipe }: Evidence,
): boolean {
  return endsOthers(schedule) && firings.some(other => other.dueAt > dueAt && !isRipe(other));
}

/** It may have waited for an earlier run when a pause began. */
function wasForgotten({ dueAt }: ScheduleFiring, schedule: Schedule): boolean {
  return waits(schedule) && schedule.pauses.some(({ from }) => Date.parse(from) >= dueAt.getTime());
}

/** Of those that wait for a run to end, Temporal tells only how many they are. */
function withoutBuffered(
  firings: readonly ScheduleFiring[],
  { overlap }: Schedule,
  { buffered }: ClockState,
): readonly ScheduleFiring[] {
  if (buffered === 0) return firings;
  return overlap === 'buffer_one'
    ? firings.slice(1)
    : firings.slice(0, Math.max(0, firings.length - buffered));
}

function fallsInto({ from, until }: Pause, at: number): boolean {
  return at >= Date.parse(from) && (until === undefined || at <= Date.parse(until));
}
