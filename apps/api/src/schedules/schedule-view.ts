import type { FiringCounts, Schedule, ScheduleFiring } from '@cairn/dao';
import type { http } from '@cairn/dto';
import type { ClockState } from '@cairn/engine';
import { given } from '../runs/run-view.js';
import { toDuration } from '../store/durations.js';
import { temporalScheduleId } from '../temporal/schedule-control.js';

/** So many of the next times are shown. */
const MOST_NEXT = 10;

const optional = (ms: number | undefined) => (ms === undefined ? undefined : toDuration(ms));

/** A schedule as lists show it. */
export function scheduleSummary(schedule: Schedule): http.ScheduleSummary {
  const { id, tenantId, name, times, options, revision, appliedRevision, pauseApplied, backfills } = schedule;
  return {
    id,
    name,
    workflow: schedule.workflowName,
    trigger: schedule.trigger,
    overlap: schedule.overlap,
    catchupWindow: toDuration(schedule.catchupMs),
    paused: schedule.paused,
    revision,
    synced: appliedRevision === revision && pauseApplied && backfills.length === 0,
    temporalScheduleId: temporalScheduleId({ tenantId, scheduleId: id }),
    createdAt: schedule.createdAt.toISOString(),
    updatedAt: schedule.updatedAt.toISOString(),
    ...given({
      version: schedule.workflowVersion,
      options: Object.keys(options).length > 0 ? (options as http.RunOptions) : undefined,
      cron: times.cron && [...times.cron],
      every: optional(times.everyMs),
      offset: optional(times.offsetMs),
      timeZone: times.timeZone,
      jitter: optional(times.jitterMs),
      startAt: times.startAt,
      endAt: times.endAt,
      remainingActions: schedule.limit,
      note: schedule.note,
      syncError: schedule.syncError,
      ended: schedule.exhausted ? (true as const) : undefined,
    }),
  };
}

/**
 * A schedule with what comes next.
 * @param clock what Temporal says; undefined when it cannot be asked
 */
export function scheduleView(
  schedule: Schedule,
  counts: FiringCounts,
  clock: ClockState | undefined,
): http.Schedule {
  const due = Object.values(counts).reduce((sum, n) => sum + n, 0);
  return {
    ...scheduleSummary(schedule),
    firings: { due, ...counts },
    ...(clock?.remaining !== undefined && { remainingActions: clock.remaining }),
    ...(clock && { nextFirings: clock.next.slice(0, MOST_NEXT).map(at => at.toISOString()) }),
  };
}

/** A time at which a schedule was due. */
export function firingView({ dueAt, outcome, runId, origin, settledAt }: ScheduleFiring): http.Firing {
  return {
    dueAt: dueAt.toISOString(),
    outcome,
    ...given({
      runId,
      backfilled: origin === 'backfill' ? (true as const) : undefined,
      settledAt: settledAt?.toISOString(),
    }),
  };
}
