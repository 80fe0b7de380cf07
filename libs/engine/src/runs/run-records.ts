import { isTerminalRunStatus, repositories, transaction, type DataSource } from '@cairn/dao';
import { CairnError } from '@cairn/dto';
import type { Graph, OpenedRun, RunRef, SettledStep, StepFailure } from '@cairn/pipeline';
import { settledStep } from '../steps/settled-step.js';

/**
 * Takes a run up: marks it running and gives all that the interpreter needs, with what has ended already, so that
 * a workflow that begins again goes on instead of starting over.
 *
 * @throws CairnError RUN_UNKNOWN, terminal.
 */
export async function openRun(dataSource: DataSource, { tenantId, runId }: RunRef): Promise<OpenedRun> {
  const records = repositories(dataSource);
  const status = await records.runs.markRunning(tenantId, runId);
  const found = await records.runs.getRunWithSteps(tenantId, runId);
  if (status === null || !found) throw new CairnError('RUN_UNKNOWN', `There is no run ${runId}`);
  const graph = await records.graphs.getGraph(found.run.graphDigest);
  if (!graph) throw new CairnError('RUN_UNKNOWN', `The graph of run ${runId} is not recorded`);
  const settled = found.steps.flatMap(row => {
    const step = settledStep(row);
    return step ? [[row.stepId, step] as [string, SettledStep]] : [];
  });
  return {
    ended: isTerminalRunStatus(found.run.status),
    graph: graph.graph as unknown as Graph,
    trigger: found.run.trigger,
    facts: { id: runId, created_at: found.run.createdAt.toISOString(), tenant: tenantId },
    rootRunId: found.run.rootRunId,
    options: found.run.options,
    settled: Object.fromEntries(settled),
  };
}

/**
 * Records that a step failed for good, and that others can never run because of it.
 *
 * @returns how the step ended. An attempt may be given up, e.g. for a heartbeat that was late, after its result has
 *   been recorded: then the step is done, and nothing is blocked.
 */
export async function failStep(dataSource: DataSource, failure: StepFailure): Promise<SettledStep> {
  const { tenantId, runId, stepId, code, message, blocked } = failure;
  return transaction(dataSource, async tx => {
    await tx.steps.failStep(tenantId, runId, stepId, { error: message, errorCode: code });
    const row = await tx.steps.getStep(tenantId, runId, stepId);
    const recorded = row && settledStep(row);
    if (recorded?.kind === 'done') return recorded;
    await tx.steps.skipSteps(tenantId, runId, blocked, 'blocked');
    return recorded ?? { kind: 'failed', code, message };
  });
}

/** Records that steps are left out because their condition is false. */
export async function skipByCondition(
  dataSource: DataSource,
  { tenantId, runId }: RunRef,
  stepIds: readonly string[],
): Promise<void> {
  await repositories(dataSource).steps.skipSteps(tenantId, runId, stepIds, 'condition_false');
}
