import { digestOf } from '@cairn/canonical';
import {
  derivedId,
  isTerminalRunStatus,
  repositories,
  transaction,
  type DataSource,
  type Run,
  type RunOptions,
  type RunStep,
} from '@cairn/dao';
import { CairnError } from '@cairn/dto';
import type { AnyWorkflow, ChildOpening, DamagedChild, Graph, OpenChild, SettledStep } from '@cairn/pipeline';
import { checkBlobs } from '../blobs/check-blobs.js';
import type { Engine } from '../engine.js';
import { insertRun } from '../runs/insert-run.js';
import { runStart } from '../runs/new-runs.js';
import { settledStep } from '../steps/settled-step.js';
import { childTrigger, workflowOf } from './child-trigger.js';

/**
 * Takes a child up: the first time, its run is recorded with the parent's step, in one transaction. Its id follows from
 * the parent's run and step, so there is one, ever. It belongs to its parent's family, asks of the cache what the
 * parent asks for the step, and takes over what the child of an earlier try of the parent has finished.
 *
 * @returns how the step has ended, what Temporal is told of the child, or which of the files it is given are damaged
 * @throws ValidationError with JSON Pointers into the trigger; CairnError WORKFLOW_UNKNOWN, RUN_UNKNOWN, terminal
 */
export async function openChild(
  engine: Engine,
  opening: ChildOpening,
): Promise<SettledStep | OpenChild | DamagedChild> {
  const { dataSource, store } = engine;
  const { tenantId, runId, stepId } = opening;
  const begun = await asBegun(dataSource, opening);
  if (begun) return begun;
  const workflow = workflowOf(engine, opening);
  const { trigger, files } = await childTrigger(engine, workflow, opening);
  const { damaged } = await checkBlobs(
    engine,
    tenantId,
    files.map(({ file }) => file),
  );
  if (damaged.size > 0) return { kind: 'damaged', digests: [...damaged.keys()] };
  const { runs } = repositories(dataSource);
  const parent = await runs.getRun(tenantId, runId);
  if (!parent) throw new CairnError('RUN_UNKNOWN', `There is no run ${runId}`);
  const id = derivedId(runId, stepId);
  const inputHash = digestOf(trigger);
  const retryOfRunId = await earlierChild(dataSource, parent, opening, { workflow, inputHash });
  await transaction(dataSource, async tx => {
    const [row] = await tx.steps.lockSteps(tenantId, runId, [stepId]);
    // Another attempt was first, or the parent has ended.
    if (row?.status !== 'pending') return;
    await tx.steps.beginChild(tenantId, runId, stepId, { inputHash, childRunId: id });
    await insertRun(tx, store, {
      ...{ id, tenantId, trigger, files, retryOfRunId },
      graph: workflow.graph,
      options: optionsFor(row, parent.options),
      rootRunId: parent.rootRunId,
      parentRunId: runId,
    });
  });
  const opened = await asBegun(dataSource, opening);
  if (!opened) throw new CairnError('RUN_UNKNOWN', `Run ${runId} has no step ${stepId}`);
  return opened;
}

/** A child that was taken up before, or whose step has ended; undefined for one whose turn has only come. */
async function asBegun(
  dataSource: DataSource,
  { tenantId, runId, stepId }: ChildOpening,
): Promise<SettledStep | OpenChild | undefined> {
  const { steps, runs, graphs } = repositories(dataSource);
  const row = await steps.getStep(tenantId, runId, stepId);
  const settled = row && settledStep(row);
  if (settled) return settled;
  if (!row?.childRunId) return undefined;
  const child = await runs.getRun(tenantId, row.childRunId);
  const pinned = child && (await graphs.getGraph(child.graphDigest));
  if (!child || !pinned)
    throw new CairnError('RUN_UNKNOWN', `The run ${row.childRunId}, which ${stepId} has started, is gone`);
  const { temporalWorkflowId, tags } = runStart(child, (pinned.graph as unknown as Graph).search);
  return { kind: 'open', childRunId: child.id, temporalWorkflowId, tags };
}

/** What the parent asks of the cache for all its steps, or for this one, the child asks for all of its own. */
function optionsFor({ stepId, mapStepId }: RunStep, { refresh, bypass }: RunOptions): RunOptions {
  if (bypass) return { bypass };
  const names = mapStepId === null ? [stepId] : [stepId.slice(stepId.lastIndexOf('.') + 1), mapStepId];
  const refreshed = refresh === true || names.some(name => refresh?.includes(name));
  return refreshed ? { refresh: true } : {};
}

/** What the same step of the run that the parent retries has started in the same way, and what has ended. */
async function earlierChild(
  dataSource: DataSource,
  { retryOfRunId }: Run,
  { tenantId, stepId }: ChildOpening,
  { workflow, inputHash }: { readonly workflow: AnyWorkflow; readonly inputHash: string },
): Promise<string | null> {
  if (retryOfRunId === null) return null;
  const { steps, runs } = repositories(dataSource);
  const row = await steps.getStep(tenantId, retryOfRunId, stepId);
  const child = row?.childRunId ? await runs.getRun(tenantId, row.childRunId) : null;
  const isSame =
    row?.inputHash === inputHash &&
    child?.graphDigest === digestOf(workflow.graph) &&
    isTerminalRunStatus(child.status);
  return isSame ? child.id : null;
}
