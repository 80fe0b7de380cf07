import { newId, transaction, type NewRun, type Run } from '@cairn/dao';
import type { Graph, GraphNode } from '@cairn/pipeline';
import { insertRun } from '../runs/insert-run.js';
import { TENANT, type TestEngine } from './test-engine.js';

/** A graph of these nodes that gives nothing. */
export const graphOf = (steps: readonly GraphNode[]): Graph => ({
  format: 'cairn-graph/1',
  name: 'toy.hand_made',
  version: '1.0.0',
  steps,
  output: { $: 'obj', of: {} },
  search: {},
});

/** Records a run of these nodes, which is running. */
export async function handMadeRun(
  { dataSource, engine, records }: TestEngine,
  steps: readonly GraphNode[],
  more: Partial<NewRun> = {},
): Promise<Run> {
  const id = newId();
  await transaction(dataSource, tx =>
    insertRun(tx, engine.store, {
      ...{ id, tenantId: TENANT, graph: graphOf(steps), trigger: {}, files: [] },
      ...more,
    }),
  );
  await records.runs.markRunning(TENANT, id);
  return (await records.runs.getRun(TENANT, id))!;
}
