import { isTerminalRunStatus, repositories, type Run, type RunStep } from '@cairn/dao';
import { CairnError } from '@cairn/dto';
import { Walk, type Graph, type OpenedRun, type RunRef, type SettledStep } from '@cairn/pipeline';
import type { Engine } from '../engine.js';
import { settledStep } from '../steps/settled-step.js';
import { endRun } from './end-run.js';
import { lookAhead } from './look-ahead.js';

/**
 * Takes a run up: marks it running, takes from the cache what can be taken at once, and gives all that the interpreter
 * needs, with what has ended already, so that a workflow that begins again goes on instead of starting over. A run that
 * is in the cache as a whole ends here.
 *
 * @throws CairnError RUN_UNKNOWN, terminal.
 */
export async function openRun(engine: Engine, ref: RunRef): Promise<OpenedRun> {
  const { tenantId, runId } = ref;
  const { runs, graphs } = repositories(engine.dataSource);
  const status = await runs.markRunning(tenantId, runId);
  const found = await runs.getRunWithSteps(tenantId, runId);
  if (status === null || !found) throw new CairnError('RUN_UNKNOWN', `There is no run ${runId}`);
  const { run, steps } = found;
  const graph = await graphs.getGraph(run.graphDigest);
  if (!graph) throw new CairnError('RUN_UNKNOWN', `The graph of run ${runId} is not recorded`);
  const recorded = asRecorded(run, steps, graph.graph as unknown as Graph);
  if (recorded.ended) return recorded;
  const opened = await lookAhead(engine, ref, run.temporalWorkflowId, recorded);
  const walk = new Walk(opened);
  if (!walk.isOver || walk.firstFailure) return opened;
  const answer = await endRun(engine, {
    ...ref,
    status: 'completed',
    output: walk.output(),
    delivers: walk.delivers,
  });
  return answer.kind === 'ended' ? { ...opened, ended: true, settled: withoutOutputs(opened) } : opened;
}

function asRecorded(run: Run, steps: readonly RunStep[], graph: Graph): OpenedRun {
  const settled = steps.flatMap(row => {
    const step = settledStep(row);
    return step ? [[row.stepId, step] as [string, SettledStep]] : [];
  });
  return {
    ended: isTerminalRunStatus(run.status),
    graph,
    trigger: run.trigger,
    facts: { id: run.id, created_at: run.createdAt.toISOString(), tenant: run.tenantId },
    rootRunId: run.rootRunId,
    options: run.options,
    misses: [],
    settled: Object.fromEntries(settled),
  };
}

/** Nobody reads the outputs of a run that has ended: they need not go into its history. */
function withoutOutputs({ settled }: OpenedRun): OpenedRun['settled'] {
  return Object.fromEntries(
    Object.entries(settled).map(([id, step]) => [
      id,
      step.kind === 'done' ? { ...step, output: null } : step,
    ]),
  );
}
