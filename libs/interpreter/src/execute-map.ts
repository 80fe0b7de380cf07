import { ChildWorkflowCancellationType, executeChild, workflowInfo } from '@temporalio/workflow';
import { MAP_WORKFLOW, type MapNode, type MapRun, type SettledStep } from '@cairn/pipeline/run-time';
import { records } from './activities.js';
import type { Surroundings } from './surroundings.js';

/**
 * Walks a map in a workflow of its own, whose history does not grow into this one's, and ends it.
 * @throws ChildWorkflowFailure
 */
export async function executeMap(node: MapNode, { run }: Surroundings): Promise<SettledStep> {
  const map = { ...run, mapStepId: node.id };
  const input: MapRun = { ...map, after: -1 };
  await executeChild(MAP_WORKFLOW, {
    workflowId: `${workflowInfo().workflowId}-${node.id}`,
    args: [input],
    cancellationType: ChildWorkflowCancellationType.WAIT_CANCELLATION_COMPLETED,
    staticSummary: node.id,
  });
  return records.endMap(map);
}
