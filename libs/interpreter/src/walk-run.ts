import {
  ApplicationFailure,
  CancellationScope,
  isCancellation,
  setCurrentDetails,
  workflowInfo,
} from '@temporalio/workflow';
import {
  delivers,
  MOST_PARALLEL,
  TURN,
  stepRequest,
  walkOfRun,
  type EndAnswer,
  type OpenedRun,
  type RunEnding,
  type RunRef,
  type StepNode,
} from '@cairn/pipeline/run-time';
import { records } from './activities.js';
import { detailsTable } from './details.js';
import { executeNode } from './execute-node.js';
import { failureOf } from './failures.js';
import { Pace } from './pace.js';
import { Repairs } from './repairs.js';
import { Slots } from './slots.js';
import { Wakes } from './wakes.js';
import { walkNodes } from './walk-nodes.js';

/** A run whose turn it is is told; should that be lost, it asks by itself after so long. Milliseconds. */
const LONGEST_WAIT_MS = 10 * 60_000;

/** Walks the graph that is pinned to a run, and ends the run. */
export async function walkRun(run: RunRef): Promise<void> {
  const wakes = new Wakes();
  try {
    const opened = await openInTurn(run, wakes);
    // Cancelled before it began, or all of it was in the cache.
    if (opened.ended) {
      const { nodes, progress } = walkOfRun(opened);
      setCurrentDetails(detailsTable(nodes, progress));
      return;
    }
    await walkOpened(run, opened, wakes);
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

/** Takes the run up as soon as it is its turn. */
async function openInTurn(run: RunRef, wakes: Wakes): Promise<OpenedRun> {
  for (;;) {
    wakes.forget(TURN);
    const opened = await records.openRun(run);
    if (!opened.waits) return opened;
    setCurrentDetails('⧖ waits for its turn: its tenant runs as many as it may at once');
    await wakes.until(TURN, LONGEST_WAIT_MS);
  }
}

async function walkOpened(run: RunRef, opened: OpenedRun, wakes: Wakes): Promise<void> {
  const { taskQueue, workflowId } = workflowInfo();
  const { graph } = opened;
  const walk = walkOfRun(opened);
  const pace = new Pace();
  const repairs = new Repairs({ run, workflowId, taskQueue, pace });
  const slots = new Slots(MOST_PARALLEL);
  const changed = () => setCurrentDetails(detailsTable(walk.nodes, walk.progress));
  const waits = (id: string, waiting: boolean) => {
    walk.wait(id, waiting);
    changed();
  };
  const requestOf = (step: StepNode) => stepRequest({ run, workflowId, setting: opened }, walk, step);
  changed();
  await walkNodes({
    run,
    walk,
    misses: new Set(opened.misses),
    nameOf: id => id,
    requestOf,
    execute: node =>
      executeNode(node, {
        run,
        taskQueue,
        wakes,
        repairs,
        slots,
        pace,
        waits,
        requestOf,
        nameOf: id => id,
        input: each => walk.input(each, { keyed: false }),
      }),
    changed,
  });
  const failure = walk.firstFailure;
  if (failure) throw ApplicationFailure.nonRetryable(`${failure.stepId}: ${failure.message}`, failure.code);
  // Where bytes that the run delivers are damaged, they are made again first.
  await repairs.untilWhole(async () => {
    const answer = await end({
      ...run,
      status: 'completed',
      output: walk.value(graph.output),
      delivers: delivers(graph),
    });
    return answer.kind === 'damaged' ? answer.digests : [];
  });
}

/** Records the end of the run, also when the workflow has been cancelled meanwhile: the first end counts. */
function end(ending: RunEnding): Promise<EndAnswer> {
  return CancellationScope.nonCancellable(() => records.endRun(ending));
}
