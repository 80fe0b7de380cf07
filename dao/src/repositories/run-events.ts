import type { Run } from '../entities/run.entity.js';
import type { NewEvent } from './new-event.js';
import type { NewRun } from './run.repository.js';
import { failure } from './step-events.js';

/** How a run has ended, as its row says. */
export type EndedRun = Pick<Run, 'status' | 'error' | 'errorCode'> & {
  /** Null for one that never began. */
  readonly durationMs: number | null;
};

/** A run is recorded, `queued`. */
export function runCreated(run: NewRun): NewEvent {
  const { id: runId, tenantId, workflowName: workflow, workflowVersion: version } = run;
  const { rootRunId = runId, parentRunId, retryOfRunId, forkOfRunId, scheduleId } = run;
  return {
    tenantId,
    runId,
    type: 'run.created',
    data: {
      workflow,
      version,
      ...(rootRunId !== runId && { rootRunId }),
      ...(parentRunId && { parentRunId }),
      ...(retryOfRunId && { retryOfRunId }),
      ...(forkOfRunId && { forkOfRunId }),
      ...(scheduleId && { scheduleId }),
    },
  };
}

/** `queued → running`. */
export function runStarted(tenantId: string, runId: string): NewEvent {
  return { tenantId, runId, type: 'run.started' };
}

/** `running → completed`, `running → failed`, and both ways to `cancelled`. */
export function runEnded(tenantId: string, runId: string, end: EndedRun): NewEvent {
  const { status, error, errorCode, durationMs } = end;
  const took = durationMs === null ? {} : { durationMs };
  if (status === 'completed') return { tenantId, runId, type: 'run.completed', data: took };
  const data = { ...failure({ error, errorCode }), ...took };
  return status === 'failed'
    ? { tenantId, runId, type: 'run.failed', data }
    : { tenantId, runId, type: 'run.cancelled', data };
}
