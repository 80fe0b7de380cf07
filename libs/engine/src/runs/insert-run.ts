import type { ArtifactStore } from '@cairn/artifact-store';
import { digestOf } from '@cairn/canonical';
import type { JsonObject, NewRun, Repositories } from '@cairn/dao';
import type { Graph } from '@cairn/pipeline';
import { keepTriggerFiles } from '../uploads/trigger-files.js';
import type { CompleteTrigger } from './complete-trigger.js';

/** A run to be recorded: what it is pinned to, what started it, and whose it is. */
export type PinnedRun = CompleteTrigger & { readonly graph: Graph } & Omit<
    NewRun,
    'workflowName' | 'workflowVersion' | 'trigger' | 'temporalWorkflowId' | 'graphDigest'
  > & {
    /** Of a workflow that a schedule has started; otherwise it is named after the run. */
    readonly temporalWorkflowId?: string;
  };

/**
 * Records a run with its graph, its steps and the files of its trigger, in the caller's transaction.
 *
 * @throws IdempotencyKeyTakenError; CairnError STORE_UNAVAILABLE when bytes that the trigger names are gone.
 */
export async function insertRun(tx: Repositories, store: ArtifactStore, pinned: PinnedRun): Promise<void> {
  const { graph, files, ...run } = pinned;
  const { id: runId, tenantId } = run;
  const { name, version } = graph;
  const graphDigest = digestOf(graph);
  await tx.graphs.putGraph({ digest: graphDigest, name, version, graph: graph as unknown as JsonObject });
  await tx.runs.insertRun({
    ...run,
    workflowName: name,
    workflowVersion: version,
    temporalWorkflowId: run.temporalWorkflowId ?? `run-${runId}`,
    graphDigest,
  });
  await keepTriggerFiles(tx, { tenantId, runId }, files, store);
  await tx.steps.insertSteps(
    graph.steps.map((node, position) => ({
      runId,
      tenantId,
      stepId: node.id,
      kind: node.kind,
      skillId: node.kind === 'step' ? node.skill : `$${node.kind}`,
      position,
      inputHash: digestOf(node.input),
    })),
  );
}
