import { isTerminalRunStatus, repositories, type DataSource, type Run, type RunStep } from '@cairn/dao';
import { CairnError } from '@cairn/dto';
import type { Graph, OpenedRun, RunRef, SettledStep } from '@cairn/pipeline';
import { settledStep } from '../steps/settled-step.js';

/** A run with its steps, but those of items of maps, and how it stands. */
export interface ReadRun {
  readonly run: Run;
  readonly steps: readonly RunStep[];
  readonly opened: OpenedRun;
}

/** @throws CairnError RUN_UNKNOWN, terminal. */
export async function readRun(dataSource: DataSource, { tenantId, runId }: RunRef): Promise<ReadRun> {
  const { runs, graphs } = repositories(dataSource);
  const found = await runs.getRunWithSteps(tenantId, runId);
  if (!found) throw new CairnError('RUN_UNKNOWN', `There is no run ${runId}`);
  const { run, steps } = found;
  const graph = await graphs.getGraph(run.graphDigest);
  if (!graph) throw new CairnError('RUN_UNKNOWN', `The graph of run ${runId} is not recorded`);
  return { run, steps, opened: asRecorded(run, steps, graph.graph as unknown as Graph) };
}

function asRecorded(run: Run, steps: readonly RunStep[], graph: Graph): OpenedRun {
  return {
    ended: isTerminalRunStatus(run.status),
    graph,
    workflowName: run.workflowName,
    trigger: run.trigger,
    facts: { id: run.id, created_at: run.createdAt.toISOString(), tenant: run.tenantId },
    rootRunId: run.rootRunId,
    options: run.options,
    ...(Object.keys(run.inputEdits).length > 0 && { inputEdits: run.inputEdits }),
    misses: [],
    settled: settledOf(steps, ({ stepId }) => stepId),
  };
}

/** The ends of steps that have ended, under the names that are asked for. */
export function settledOf(
  rows: readonly RunStep[],
  nameOf: (row: RunStep) => string,
): Record<string, SettledStep> {
  return Object.fromEntries(
    rows.flatMap(row => {
      const step = settledStep(row);
      return step ? [[nameOf(row), step]] : [];
    }),
  );
}
