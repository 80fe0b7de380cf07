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

/**
 * Judges firings of which there is no run and no workflow, in the order of their times:
 *
 * 1. One that Temporal has not dealt with yet is left pending, unless it is older than the catch-up window.
 * 2. One that fell into a pause: `paused`.
 * 3. One that may wait for an earlier run to end is left pending.
 * 4. As many of the newest as Temporal says it has skipped because of other runs: `skipped`.
 * 5. The others: `missed`.
 */
export function judge(
  firings: readonly ScheduleFiring[],
  { schedule, state, now }: { schedule: Schedule; state: ClockState; now: Date },
): readonly Verdict[] {
  const [next] = state.next;
  const tooLate = now.getTime() - schedule.catchupMs - CATCHUP_SLACK_MS;
  const dealtWith = firings.filter(({ dueAt }) => !next || dueAt < next || dueAt.getTime() < tooLate);
  const isPaused = ({ dueAt }: ScheduleFiring) =>
    schedule.pauses.some(pause => fallsInto(pause, dueAt.getTime()));
  const paused = dealtWith.filter(isPaused);
  const rest = withoutBuffered(
    dealtWith.filter(firing => !isPaused(firing)),
    schedule,
    state,
  );
  const skips = Math.max(0, state.skipped - schedule.accountedSkips);
  const firstSkipped = Math.max(0, rest.length - skips);
  return [
    ...paused.map(firing => ({ firing, outcome: 'paused' as const })),
    ...rest.map((firing, at): Verdict => ({ firing, outcome: at < firstSkipped ? 'missed' : 'skipped' })),
  ];
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
