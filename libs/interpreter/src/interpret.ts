import {
  ActivityFailure,
  ApplicationFailure,
  CancellationScope,
  isCancellation,
  setCurrentDetails,
  TimeoutFailure,
  workflowInfo,
} from '@temporalio/workflow';
import type {
  EndAnswer,
  OpenedRun,
  RunEnding,
  RunRef,
  SettledStep,
  StepNode,
  StepRequest,
} from '@cairn/pipeline/run-time';
import { Walk } from '@cairn/pipeline/run-time';
import { records } from './activities.js';
import { detailsTable } from './details.js';
import { executeStep, type Surroundings } from './execute-step.js';
import { Repairs } from './repairs.js';
import { Wakes } from './wakes.js';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** What one look-up asks about at most, so that it stays short. */
const MOST_ASKED = 100;
/** Steps under way at once: Temporal gets into trouble with thousands of pending activities. */
const MOST_ACTIVE = 200;

/** A run that is being walked. */
interface Walking extends Surroundings {
  readonly run: RunRef;
  readonly walk: Walk;
  readonly repairs: Repairs;
  /** Steps that need not be looked up: that was done when the run was opened. */
  readonly misses: ReadonlySet<string>;
  requestOf(step: StepNode): StepRequest;
}

/**
 * The one Temporal workflow: walks the graph that is pinned to a run. It serves every workflow name; what it does
 * is in the run's records.
 */
export async function interpret(run: RunRef): Promise<void> {
  if (typeof run?.tenantId !== 'string' || typeof run.runId !== 'string' || !UUID.test(run.runId))
    throw ApplicationFailure.nonRetryable('Runs are started by POST /v1/runs', 'RUN_UNKNOWN');
  const wakes = new Wakes();
  try {
    const opened = await records.openRun(run);
    const walking = beginWalk(run, opened, wakes);
    const { walk } = walking;
    setCurrentDetails(detailsTable(walk.steps, walk.progress));
    // Cancelled before it began, or all of it was in the cache.
    if (opened.ended) return;
    await walkGraph(walking);
    const failure = walk.firstFailure;
    if (failure) throw ApplicationFailure.nonRetryable(`${failure.stepId}: ${failure.message}`, failure.code);
    await complete(walking);
  } catch (error) {
    if (isCancellation(error)) {
      await end({ ...run, status: 'cancelled', code: 'CANCELLED', message: 'Cancelled' });
      throw error;
    }
    // Also a defect of this program: it must fail the run, where Temporal would try the task for ever.
    const { code, message } = failureOf(error, 'INTERPRETER_FAILED');
    await end({ ...run, status: 'failed', code, message });
    throw ApplicationFailure.nonRetryable(message, code);
  }
}

function beginWalk(run: RunRef, opened: OpenedRun, wakes: Wakes): Walking {
  const { taskQueue, workflowId } = workflowInfo();
  const walk = new Walk(opened);
  const requestOf = (step: StepNode) => walk.request(run, workflowId, step);
  return {
    run,
    walk,
    wakes,
    taskQueue,
    misses: new Set(opened.misses),
    requestOf,
    repairs: new Repairs({ run, steps: walk.steps, taskQueue, requestOf }),
    waits: (stepId, waiting) => {
      walk.wait(stepId, waiting);
      setCurrentDetails(detailsTable(walk.steps, walk.progress));
    },
  };
}

/** Ends the run well; where bytes that it delivers are damaged, has them made again first. */
async function complete({ run, walk, repairs }: Walking): Promise<void> {
  await repairs.untilWhole(async () => {
    const { delivers } = walk;
    const answer = await end({ ...run, status: 'completed', output: walk.output(), delivers });
    return answer.kind === 'damaged' ? answer.digests : [];
  });
}

/** Records the end of the run, also when the workflow has been cancelled meanwhile: the first end counts. */
function end(ending: RunEnding): Promise<EndAnswer> {
  return CancellationScope.nonCancellable(() => records.endRun(ending));
}

/** Takes ready steps until nothing is ready or running. */
async function walkGraph(walking: Walking): Promise<void> {
  const { walk } = walking;
  const active = new Set<Promise<void>>();
  try {
    for (;;) {
      const ready = walk.ready().slice(0, Math.min(MOST_ASKED, MOST_ACTIVE - active.size));
      if (ready.length > 0) for (const task of await takeFrontier(walking, ready)) track(active, task);
      else if (active.size > 0) await Promise.race(active);
      else return;
      setCurrentDetails(detailsTable(walk.steps, walk.progress));
    }
  } finally {
    // After a cancellation the skills have been told; the run ends when they have.
    await CancellationScope.nonCancellable(() => Promise.allSettled(active));
  }
}

function track(active: Set<Promise<void>>, task: Promise<void>): void {
  const tracked: Promise<void> = task.finally(() => active.delete(tracked));
  // Awaited in a race; a rejection before that must not count as unhandled.
  tracked.catch(() => undefined);
  active.add(tracked);
}

/** Leaves out, settles or starts the steps of a frontier; gives the executions that it started. */
async function takeFrontier(walking: Walking, ready: readonly StepNode[]): Promise<readonly Promise<void>[]> {
  const { run, walk } = walking;
  const off = ready.filter(step => walk.isOff(step)).map(({ id }) => id);
  if (off.length > 0) {
    off.forEach(id => walk.leaveOut(id));
    await records.skipByCondition(run, off);
  }
  const on = ready.filter(({ id }) => !off.includes(id));
  if (on.length === 0) return [];
  on.forEach(({ id }) => walk.begin(id));
  const requests = on.map(step => walking.requestOf(step));
  const unknown = requests.filter(({ stepId }) => !walking.misses.has(stepId));
  const answers = unknown.length > 0 ? await records.lookUpFrontier(unknown) : [];
  const settled = new Map(
    answers.flatMap((answer, index) =>
      answer.kind === 'settled' ? [[unknown[index]!.stepId, answer.step] as const] : [],
    ),
  );
  for (const [stepId, step] of settled) walk.settle(stepId, step);
  return requests.filter(({ stepId }) => !settled.has(stepId)).map(request => execute(walking, request));
}

async function execute(walking: Walking, request: StepRequest): Promise<void> {
  const { run, walk, repairs } = walking;
  const settled = await repairs.mending(() => executeStep(request, walking)).catch(asFailure);
  if (settled.kind !== 'failed') return walk.settle(request.stepId, settled);
  const { code, message } = settled;
  const blocked = walk.blockedBy(request.stepId);
  const recorded = await records.failStep({ ...run, code, message, stepId: request.stepId, blocked });
  // What was recorded before the attempt was given up counts.
  if (recorded.kind === 'done') return walk.settle(request.stepId, recorded);
  walk.settle(request.stepId, settled);
  walk.block(request.stepId);
}

/** A code of the domain; any other type is the name of some error class. */
const DOMAIN_CODE = /^[A-Z][A-Z0-9_]+$/;

/** The end of a step whose attempts are used up. Cancellation goes on as it is. */
function asFailure(error: unknown): SettledStep {
  if (isCancellation(error)) throw error;
  const cause = error instanceof ActivityFailure ? error.cause : error;
  if (cause instanceof TimeoutFailure)
    return { kind: 'failed', code: 'TIMED_OUT', message: 'The step ran out of time, or its worker died' };
  return { kind: 'failed', ...failureOf(error, 'STEP_FAILED') };
}

/** What an error says to a program and to a reader. */
function failureOf(error: unknown, otherwise: string): { code: string; message: string } {
  const cause = error instanceof ActivityFailure ? error.cause : error;
  const type = cause instanceof ApplicationFailure ? cause.type : undefined;
  return {
    code: type && DOMAIN_CODE.test(type) ? type : otherwise,
    message: cause instanceof Error ? cause.message : String(cause),
  };
}
