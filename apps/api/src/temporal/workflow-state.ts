import type { WorkflowState } from '@cairn/engine';

/** By Temporal's numbers: https://github.com/temporalio/api/blob/master/temporal/api/enums/v1/workflow.proto */
const ENDED: Readonly<Record<number, WorkflowState>> = {
  2: 'completed',
  3: 'failed',
  4: 'cancelled',
  5: 'terminated',
  7: 'timed_out',
};

/** How a workflow is, by its `WorkflowExecutionStatus`; one that was continued as another execution runs. */
export const stateOf = (status: number | null | undefined): WorkflowState => ENDED[status ?? 0] ?? 'running';
