import type { WorkflowState } from './run-control.js';
import type { Settlement } from './settle-run.js';

/** How a run ends whose workflow has ended without telling. */
export const UNTOLD_ENDINGS: Readonly<Record<Exclude<WorkflowState, 'running' | 'not_found'>, Settlement>> = {
  terminated: { status: 'failed', code: 'TERMINATED', message: 'The workflow was terminated in Temporal' },
  timed_out: { status: 'failed', code: 'TIMED_OUT', message: 'The workflow timed out in Temporal' },
  failed: { status: 'failed', code: 'WORKFLOW_FAILED', message: 'The workflow failed in Temporal' },
  cancelled: { status: 'cancelled', code: 'CANCELLED', message: 'The workflow was cancelled in Temporal' },
  completed: {
    status: 'failed',
    code: 'WORKFLOW_ENDED',
    message: 'The workflow ended without recording a result',
  },
};
