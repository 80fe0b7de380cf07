import { ApplicationFailure, isCancellation, workflowInfo } from '@temporalio/workflow';
import { MAP_WORKFLOW, type MapRun, type RunRef, type ScheduledStart } from '@cairn/pipeline/run-time';
import { failureOf } from './failures.js';
import { walkMap } from './walk-map.js';
import { walkRun } from './walk-run.js';
import { isScheduledStart, walkScheduled } from './walk-scheduled.js';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * The one Temporal workflow: walks the graph that is pinned to a run, or the items of one of its maps. It serves every
 * workflow name; what it does is in the run's records, which it makes itself when a schedule has started it.
 */
export async function interpret(input: RunRef | MapRun | ScheduledStart): Promise<void> {
  if (isScheduledStart(input)) return walkScheduled(input);
  if (typeof input?.tenantId !== 'string' || typeof input.runId !== 'string' || !UUID.test(input.runId))
    throw ApplicationFailure.nonRetryable(
      'Runs are started by POST /v1/runs or by a schedule',
      'RUN_UNKNOWN',
    );
  if (workflowInfo().workflowType !== MAP_WORKFLOW) return walkRun(input);
  try {
    await walkMap(input as MapRun);
  } catch (error) {
    if (isCancellation(error) || error instanceof ApplicationFailure || isContinuation(error)) throw error;
    // A defect of this program: Temporal would try the task for ever.
    const { code, message } = failureOf(error, 'INTERPRETER_FAILED');
    throw ApplicationFailure.nonRetryable(message, code);
  }
}

const isContinuation = (error: unknown) => error instanceof Error && error.name === 'ContinueAsNew';
