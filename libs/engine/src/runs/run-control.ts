import type { WakeControl } from '../claims/waker.js';

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

/** One execution that Temporal holds for open, of a workflow that says whose run it executes. */
export interface OpenWorkflow {
  readonly temporalWorkflowId: string;
  /** Tells the executions of one workflow id apart. */
  readonly executionId: string;
  /** As it says; any text. */
  readonly runId: string;
}

/** Some of the open executions. */
export interface OpenWorkflows {
  readonly workflows: readonly OpenWorkflow[];
  /** To be asked for next; absent when these are the last. */
  readonly next?: Uint8Array;
}

/** Temporal, as the life cycle of a run needs it. Every call rejects when Temporal cannot be reached. */
export interface RunControl extends WakeControl {
  /** Idempotent: a run that is started already stays as it is. */
  start(run: RunStart): Promise<void>;
  /** Asks for cancellation. */
  cancel(temporalWorkflowId: string): Promise<'requested' | 'not_found'>;
  describe(temporalWorkflowId: string): Promise<WorkflowState>;
  /**
   * Open executions of this installation's runs, a page at a time. Some that have ended may be among them, and some
   * that have just begun may not.
   */
  listOpen(page?: Uint8Array): Promise<OpenWorkflows>;
  /** Ends one execution at once. @returns false when it had ended */
  terminate(workflow: OpenWorkflow, reason: string): Promise<boolean>;
}
