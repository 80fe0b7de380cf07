import type { Overlap, Schedule, ScheduleTimes } from '@cairn/dao';
import type { WorkflowState } from '../runs/run-control.js';

/** A schedule, as Temporal knows it. */
export interface ScheduleName {
  readonly tenantId: string;
  readonly scheduleId: string;
}

export const nameOf = ({ tenantId, id: scheduleId }: Schedule): ScheduleName => ({ tenantId, scheduleId });

/** What Temporal is told of a schedule. */
export interface ClockDefinition extends ScheduleName {
  readonly revision: number;
  readonly name: string;
  readonly workflowName: string;
  readonly times: ScheduleTimes;
  readonly overlap: Overlap;
  readonly catchupMs: number;
  /** Runs that are started yet; undefined for any number. */
  readonly remaining: number | undefined;
  readonly paused: boolean;
  readonly note: string | undefined;
}

/** A schedule as Temporal has it. */
export interface ClockState {
  readonly revision: number;
  readonly paused: boolean;
  readonly note: string | undefined;
  /** Runs that are started yet; undefined for any number. */
  readonly remaining: number | undefined;
  /** The next times after all that Temporal has dealt with; the first may lie in the past when it is behind. */
  readonly next: readonly Date[];
  /** Of the definition that Temporal has. Milliseconds. */
  readonly jitterMs: number;
  /** When Temporal was given the schedule. */
  readonly createdAt: Date;
  /** Until when the call that created it has started what was due; undefined when it has started nothing. */
  readonly caughtUpUntil: Date | undefined;
  /** When Temporal took the definition over; undefined for the first. */
  readonly updatedAt: Date | undefined;
  /** Firings that were not started because of others, so far. */
  readonly skipped: number;
  /** Firings that were older than the catch-up window, so far; Temporal may count one several times. */
  readonly missed: number;
  /** Firings that wait for an earlier run to end. */
  readonly buffered: number;
}

/** A workflow that a schedule has started. */
export interface StartedWorkflow {
  readonly temporalWorkflowId: string;
  readonly executionId: string;
  /** The time for which it was started, without jitter. */
  readonly scheduledFor: Date;
  readonly state: WorkflowState;
}

/** The most times that {@link ScheduleControl.timesBetween} gives. */
export const MOST_TIMES = 1_000;

/** Temporal's schedules, as Cairn needs them. Every call rejects when Temporal cannot be reached. */
export interface ScheduleControl {
  /** @returns undefined when Temporal has no such schedule */
  describe(schedule: ScheduleName): Promise<ClockState | undefined>;
  /**
   * Idempotent: one that is there stays as it is.
   * @param catchUpFrom what was due from then until now is started too, in the same act; {@link ClockState.caughtUpUntil}
   *   tells until when
   */
  create(definition: ClockDefinition, catchUpFrom?: Date): Promise<void>;
  update(definition: ClockDefinition): Promise<void>;
  setPaused(schedule: ScheduleName, paused: boolean, note: string | undefined): Promise<void>;
  /** @param requestId by which Temporal knows a repetition */
  backfill(
    schedule: ScheduleName,
    span: { readonly from: Date; readonly to: Date; readonly overlap: Overlap },
    requestId: string,
  ): Promise<void>;
  /**
   * Has Temporal count its times anew, after `after`: it may have overlooked one that without jitter lies before it began
   * to count, and is due yet. Starts nothing that was due before. Idempotent.
   * @param after a time at which the schedule was due, or before its next one without jitter
   */
  recall(schedule: ScheduleName, after: Date): Promise<void>;
  /** Idempotent. Workflows that it has started go on. */
  remove(schedule: ScheduleName): Promise<void>;
  /** When the schedule, as Temporal has it, is due: after `after`, until `until`, the first {@link MOST_TIMES}. */
  timesBetween(schedule: ScheduleName, after: Date, until: Date): Promise<readonly Date[]>;
  /** Workflows that were started for times after `after`, until `until`. The newest ones may not be among them yet. */
  startedBetween(schedule: ScheduleName, after: Date, until: Date): Promise<readonly StartedWorkflow[]>;
}
