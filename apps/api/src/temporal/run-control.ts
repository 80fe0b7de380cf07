import type { OpenWorkflow, OpenWorkflows, RunControl, RunStart, WorkflowState } from '@cairn/engine';
import { WAKE_SIGNAL } from '@cairn/pipeline';
import { WorkflowExecutionAlreadyStartedError, WorkflowNotFoundError, type Client } from '@temporalio/client';
import { RUN_ID, searchAttributesOf } from './search-attributes.js';
import { NEEDED_MS, temporalCall } from './temporal-call.js';
import { stateOf } from './workflow-state.js';

/** Executions on a page. */
const PAGE_SIZE = 200;

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
      // Inherited by all that the run does: one tenant's backlog does not hold up another's run.
      priority: { fairnessKey: tenantId },
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
    const request = async () => {
      await this.client.workflow.getHandle(temporalWorkflowId).cancel();
      return 'requested' as const;
    };
    return this.ifFound('not_found', request, NEEDED_MS);
  }

  async describe(temporalWorkflowId: string): Promise<WorkflowState> {
    return this.ifFound('not_found', async () => {
      const { status } = await this.client.workflow.getHandle(temporalWorkflowId).describe();
      return stateOf(status.code);
    });
  }

  async wake(temporalWorkflowId: string, stepId: string): Promise<void> {
    // One that has ended needs no wake-up.
    await this.ifFound(undefined, () =>
      this.client.workflow.getHandle(temporalWorkflowId).signal(WAKE_SIGNAL, stepId),
    );
  }

  async listOpen(page?: Uint8Array): Promise<OpenWorkflows> {
    const { namespace } = this.client.options;
    // A namespace may serve other installations of Cairn too; a task queue serves one.
    const queue = this.taskQueue.replace(/['\\]/g, '\\$&');
    const query = `TaskQueue = '${queue}' AND ExecutionStatus = 'Running' AND ${RUN_ID.name} IS NOT NULL`;
    const request = { namespace, query, pageSize: PAGE_SIZE, ...(page && { nextPageToken: page }) };
    const answer = await temporalCall(this.client, () =>
      this.client.workflowService.listWorkflowExecutions(request),
    );
    const workflows = answer.executions.flatMap(({ execution, searchAttributes }) => {
      const runId = keywordOf(searchAttributes?.indexedFields?.[RUN_ID.name]?.data);
      const { workflowId, runId: executionId } = execution ?? {};
      return workflowId && executionId && runId
        ? [{ temporalWorkflowId: workflowId, executionId, runId }]
        : [];
    });
    const { nextPageToken: next } = answer;
    return { workflows, ...(next && next.length > 0 && { next }) };
  }

  async terminate({ temporalWorkflowId, executionId }: OpenWorkflow, reason: string): Promise<boolean> {
    return this.ifFound(false, async () => {
      await this.client.workflow.getHandle(temporalWorkflowId, executionId).terminate(reason);
      return true;
    });
  }

  private async ifFound<T, F>(otherwise: F, call: () => Promise<T>, ms?: number): Promise<T | F> {
    try {
      return await temporalCall(this.client, call, ms);
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) return otherwise;
      throw error;
    }
  }
}

/** The text of a search attribute, which is written as JSON; undefined when it is something else. */
function keywordOf(data: Uint8Array | null | undefined): string | undefined {
  const value: unknown = data && JSON.parse(Buffer.from(data).toString('utf8'));
  return typeof value === 'string' ? value : undefined;
}
