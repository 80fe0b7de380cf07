import type { RunControl, RunStart, WorkflowState } from '@cairn/engine';
import {
  WorkflowExecutionAlreadyStartedError,
  WorkflowNotFoundError,
  type Client,
  type WorkflowExecutionStatusName,
} from '@temporalio/client';
import { searchAttributesOf } from './search-attributes.js';
import { temporalCall } from './temporal-call.js';

const STATES: Readonly<Partial<Record<WorkflowExecutionStatusName, WorkflowState>>> = {
  COMPLETED: 'completed',
  FAILED: 'failed',
  CANCELLED: 'cancelled',
  TERMINATED: 'terminated',
  TIMED_OUT: 'timed_out',
};

/** The life cycle of runs over Temporal's client. */
export class TemporalRunControl implements RunControl {
  constructor(
    private readonly client: Client,
    private readonly taskQueue: string,
  ) {}

  async start(run: RunStart): Promise<void> {
    const { workflowName, workflowVersion, temporalWorkflowId, runId, tenantId, tags } = run;
    const options = {
      taskQueue: this.taskQueue,
      workflowId: temporalWorkflowId,
      args: [{ runId, tenantId }],
      // A run has one execution, ever: what is started again was started.
      workflowIdReusePolicy: 'REJECT_DUPLICATE' as const,
      typedSearchAttributes: searchAttributesOf(run),
      staticSummary: [`${workflowName} ${workflowVersion}`, ...tags].join(' · ').slice(0, 200),
      staticDetails: `Run \`${runId}\` of \`${workflowName}\` ${workflowVersion}, tenant \`${tenantId}\``,
    };
    try {
      await temporalCall(this.client, () => this.client.workflow.start(workflowName, options));
    } catch (error) {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    }
  }

  async cancel(temporalWorkflowId: string): Promise<'requested' | 'not_found'> {
    return this.ifFound('not_found', async () => {
      await this.client.workflow.getHandle(temporalWorkflowId).cancel();
      return 'requested' as const;
    });
  }

  async describe(temporalWorkflowId: string): Promise<WorkflowState> {
    return this.ifFound('not_found', async () => {
      const { status } = await this.client.workflow.getHandle(temporalWorkflowId).describe();
      return STATES[status.name] ?? 'running';
    });
  }

  private async ifFound<T, F>(otherwise: F, call: () => Promise<T>): Promise<T | F> {
    try {
      return await temporalCall(this.client, call);
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) return otherwise;
      throw error;
    }
  }
}
