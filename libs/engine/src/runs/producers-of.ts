import { repositories, type DataSource, type RunStep } from '@cairn/dao';
import {
  skillSteps,
  type Graph,
  type Producers,
  type RunRef,
  type StepNode,
  type StepRequest,
} from '@cairn/pipeline';
import type { KeyIngredients } from '../keys/step-key.js';

/**
 * Which steps of a run have made these bytes, as its artifacts say, with what they were asked for.
 * @param workflowId whom to wake when a repair has to wait
 */
export async function producersOf(
  dataSource: DataSource,
  { tenantId, runId }: RunRef,
  workflowId: string,
  digests: readonly string[],
): Promise<Producers> {
  const { artifacts, steps, runs, graphs } = repositories(dataSource);
  const gave = await artifacts.stepsThatGave(tenantId, runId, digests);
  const run = await runs.getRun(tenantId, runId);
  const graph = run && (await graphs.getGraph(run.graphDigest));
  const rows = await steps.listSteps(tenantId, runId, [
    ...new Set([...gave.values()].filter(id => id !== null)),
  ]);
  const requests = new Map<string, StepRequest>();
  for (const row of rows) {
    const node = graph && nodeOf(graph.graph as unknown as Graph, row);
    if (!run || !node || row.keyIngredients === null) continue;
    const { rootRunId, workflowName } = run;
    requests.set(row.stepId, {
      ...{ runId, tenantId, rootRunId, workflowId, workflowName },
      ...askedOf(row),
      skillId: node.skill,
      skillVersion: node.skillVersion,
      policy: run.options.bypass ? { ...node.policy, cache: 'never' } : node.policy,
    });
  }
  const lost = digests.filter(digest => !requests.has(gave.get(digest) ?? ''));
  return { requests: [...requests.values()], lost };
}

/** What the step was given: its input as it went into the key, and what it got beyond that. */
function askedOf({ stepId, mapStepId, itemKey, keyIngredients, fullInput }: RunStep) {
  return {
    stepId,
    ...(mapStepId !== null && itemKey !== null && { item: { mapStepId, key: itemKey } }),
    keyedInput: (keyIngredients as KeyIngredients).input,
    ...(fullInput !== null && { fullInput }),
  };
}

/** Of a step of an item, that of its map's body. */
function nodeOf(graph: Graph, { stepId, mapStepId }: RunStep): StepNode | undefined {
  const id = mapStepId === null ? stepId : stepId.slice(stepId.lastIndexOf('.') + 1);
  return skillSteps(graph).find(node => node.id === id);
}
