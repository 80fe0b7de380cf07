import type { FiringOutcome, Pause, Schedule, ScheduleFiring } from '@cairn/dao';
import type { ClockState } from './schedule-control.js';

/** What came of a firing. */
export interface Verdict {
  readonly firing: ScheduleFiring;
  readonly outcome: FiringOutcome;
}

/** A pause reaches Temporal a moment after it is recorded; what was due right before may not have been started. Milliseconds. */
const PAUSE_SLACK_MS = 1_000;
/** Temporal's own clock may be a little late. Milliseconds. */
const CATCHUP_SLACK_MS = 10_000;

/** What firings are judged by. */
export interface Evidence {
  readonly schedule: Schedule;
  readonly state: ClockState;
  readonly now: Date;
  /** Whether a firing is so old that its workflow would be known. */
  isRipe(firing: ScheduleFiring): boolean;
  /** Whether there are no later firings that are pending. */
  readonly isAll: boolean;
}

/**
 * Judges firings of which there is no run and no workflow, in the order of their times:
 *
 * 1. One that Temporal has not dealt with yet is left pending, unless it is older than the catch-up window.
 * 2. One that fell into a pause: `paused`.
 * 3. One that may wait for an earlier run to end is left pending.
 * 4. The newest, as many as Temporal says it has skipped because of other runs: `skipped`.
 * 5. The others: `missed`. An outage misses what is oldest in it.
 *
 * One that is not ripe is left pending, though it may be among those that Temporal has counted.
 */
export function judge(firings: readonly ScheduleFiring[], evidence: Evidence): readonly Verdict[] {
  const { schedule, state, now, isRipe } = evidence;
  const [next] = state.next;
  const tooLate = now.getTime() - schedule.catchupMs - CATCHUP_SLACK_MS;
  const dealtWith = firings.filter(({ dueAt }) => !next || dueAt < next || dueAt.getTime() < tooLate);
  const isPaused = ({ dueAt }: ScheduleFiring) =>
    schedule.pauses.some(pause => fallsInto(pause, dueAt.getTime()));
  const paused = dealtWith.filter(isPaused);
  const others = dealtWith.filter(firing => !isPaused(firing));
  const rest = withoutBuffered(others, schedule, state);
  const missed = countMissed(rest, evidence);
  return [
    ...paused.map(firing => ({ firing, outcome: 'paused' as const })),
    ...rest.map((firing, at): Verdict => ({ firing, outcome: at < missed ? 'missed' : 'skipped' })),
  ].filter(({ firing }) => isRipe(firing));
}

/** How many, of the oldest, are missed: those that are not skipped, as Temporal has counted both. */
function countMissed(
  firings: readonly ScheduleFiring[],
  { schedule, state, isRipe, isAll }: Evidence,
): number {
  const skips = Math.max(0, state.skipped - schedule.accountedSkips);
  const misses = Math.max(0, state.missed - schedule.accountedMisses);
  if (!isAll) return Math.min(misses, firings.length);
  // One that has just been started may not be known to have been.
  const counted = Math.min(misses, Math.max(0, firings.length - skips));
  return Math.max(counted, firings.filter(isRipe).length - skips);
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
  return at >= Date.parse(from) - PAUSE_SLACK_MS && (until === undefined || at <= Date.parse(until));
}
