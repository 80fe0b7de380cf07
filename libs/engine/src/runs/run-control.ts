/** What Temporal needs to start a run. */
export interface RunStart {
  readonly runId: string;
  readonly tenantId: string;
  readonly workflowName: string;
  readonly workflowVersion: string;
  readonly temporalWorkflowId: string;
  /** Values by which operators find the run, e.g. `campaign:neon-nights`. */
  readonly tags: readonly string[];
}

/** How Temporal sees a run. */
export type WorkflowState =
  'running' | 'completed' | 'failed' | 'cancelled' | 'terminated' | 'timed_out' | 'not_found';

/** Temporal, as the life cycle of a run needs it. Every call rejects when Temporal cannot be reached. */
export interface RunControl {
  /** Idempotent: a run that is started already stays as it is. */
  start(run: RunStart): Promise<void>;
  /** Asks for cancellation. */
  cancel(temporalWorkflowId: string): Promise<'requested' | 'not_found'>;
  describe(temporalWorkflowId: string): Promise<WorkflowState>;
}
