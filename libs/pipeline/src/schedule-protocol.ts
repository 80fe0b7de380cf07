/** What a schedule gives each workflow that it starts, which has no run yet. */
export interface ScheduledStart {
  readonly scheduleId: string;
  readonly tenantId: string;
  /** The definition that was in force when the workflow was started. */
  readonly revision: number;
}

/** A workflow that a schedule has started, and that has to record its run. */
export interface ScheduledWorkflow extends ScheduledStart {
  readonly temporalWorkflowId: string;
  /** Of the first execution, which stays the same when the workflow is reset: the run's id follows from it. */
  readonly executionId: string;
  /** The time for which it was started, without jitter. ISO 8601. */
  readonly scheduledFor: string;
}

/** The run of such a workflow: it is to be walked, or has failed because it can never start. */
export type ScheduledRun =
  | { readonly kind: 'open'; readonly runId: string; readonly tags: readonly string[] }
  | { readonly kind: 'failed'; readonly runId: string; readonly code: string; readonly message: string };

/** What workflows ask that a schedule has started. */
export interface ScheduleActivities {
  /** Records the run of the workflow, unless it is recorded. */
  openScheduled(workflow: ScheduledWorkflow): Promise<ScheduledRun>;
}
