import {
  ActivityFailure,
  ApplicationFailure,
  isCancellation,
  proxyActivities,
  proxyLocalActivities,
  workflowInfo,
} from '@temporalio/workflow';
import {
  MAP_WORKFLOW,
  POLICY_DEFAULTS,
  type RecordActivities,
  type StepAnswer,
  type StepRequest,
} from '@cairn/pipeline/run-time';

/** Errors that say the same thing however often they are asked. */
const RETRY = { initialInterval: '200ms', maximumInterval: '5s' } as const;

const local: RecordActivities = proxyLocalActivities<RecordActivities>({
  startToCloseTimeout: '3s',
  retry: { maximumAttempts: 1 },
});
const ordinary: RecordActivities = proxyActivities<RecordActivities>({
  // The end of a run reads all that the run delivers.
  startToCloseTimeout: '5m',
  // A worker that died says nothing: it is what it no longer says that tells.
  heartbeatTimeout: '10s',
  retry: RETRY,
});

/**
 * The records, read and written in local activities, which cost no task of their own. When the database is slow or
 * away they give way to ordinary activities, which wait for it outside this workflow's task.
 */
export const records: RecordActivities = {
  openScheduled: workflow => brief(by => by.openScheduled(workflow)),
  openRun: run => brief(by => by.openRun(run)),
  lookUpFrontier: steps => brief(by => by.lookUpFrontier(steps)),
  skipByCondition: (run, stepIds) => brief(by => by.skipByCondition(run, stepIds)),
  failStep: failure => brief(by => by.failStep(failure)),
  producersOf: (run, workflowId, digests) => brief(by => by.producersOf(run, workflowId, digests)),
  endRun: ending => brief(by => by.endRun(ending)),
  openMap: map => brief(by => by.openMap(map)),
  takeItems: taking => brief(by => by.takeItems(taking)),
  endMap: map => brief(by => by.endMap(map)),
  openGate: gate => brief(by => by.openGate(gate)),
  settleGate: gate => brief(by => by.settleGate(gate)),
  openChild: child => brief(by => by.openChild(child)),
  endChild: child => brief(by => by.endChild(child)),
};

async function brief<T>(call: (activities: RecordActivities) => Promise<T>): Promise<T> {
  // Beside a hundred activities a task that waits for local ones runs out of time, and its replay goes another way.
  if (workflowInfo().workflowType === MAP_WORKFLOW) return call(ordinary);
  try {
    return await call(local);
  } catch (error) {
    if (isCancellation(error)) throw error;
    const cause = error instanceof ActivityFailure ? error.cause : error;
    if (cause instanceof ApplicationFailure && cause.nonRetryable) throw cause;
    return await call(ordinary);
  }
}

type StepActivity = (request: StepRequest) => Promise<StepAnswer>;

/**
 * An activity that executes a step: its Temporal type is the skill's id, its summary the step's.
 * @param attempts how often Temporal tries it when the skill fails
 */
export function stepActivity(request: StepRequest, taskQueue: string, attempts: number): Promise<StepAnswer> {
  const policy = { ...POLICY_DEFAULTS, ...request.policy };
  const { backoffMs, factor, maxBackoffMs, nonRetryable, timeoutMs, heartbeatMs, queue } = policy;
  const step = proxyActivities<Record<string, StepActivity>>({
    taskQueue: queue === undefined ? taskQueue : `${taskQueue}-${queue}`,
    startToCloseTimeout: timeoutMs,
    heartbeatTimeout: heartbeatMs,
    retry: {
      maximumAttempts: attempts,
      initialInterval: backoffMs,
      backoffCoefficient: factor,
      maximumInterval: maxBackoffMs,
      nonRetryableErrorTypes: [...nonRetryable],
    },
    cancellationType: 'WAIT_CANCELLATION_COMPLETED',
    summary: request.repair ? `${request.stepId}: repair` : request.stepId,
  })[request.skillId]!;
  return step(request);
}
