import type { Artifact, Run, RunStep } from '@cairn/dao';
import { repositories, transaction, type Repositories } from '@cairn/dao';
import { dependencies, type Graph } from '@cairn/pipeline';
import { checkBlobs } from '../blobs/check-blobs.js';
import type { Engine } from '../engine.js';
import { copyOf, type StepCopy } from './copy-of.js';

type Parts = Pick<Engine, 'dataSource' | 'store' | 'verifyAfterMs'>;

/** How often bytes may be collected just when they were found right, before what names them is done anew. */
const MOST_ROUNDS = 5;

/**
 * Takes over what the run that this one retries or forks has finished: as it is, whatever became of the cache, the code
 * or, for a fork, the trigger. Of a fork, the step from which it goes on is not taken over; nor is what depends on a step
 * that is not, or a step whose bytes are missing or wrong: these go through the cache as in any run.
 *
 * It is done once, before anything else is done in the run, in one transaction.
 *
 * @returns whether it has changed any step
 */
export async function takeOver(engine: Parts, run: Run, graph: Graph): Promise<boolean> {
  const originId = run.retryOfRunId ?? run.forkOfRunId;
  if (originId === null) return false;
  const { tenantId, id: runId } = run;
  const { steps, artifacts } = repositories(engine.dataSource);
  const stepIds = graph.steps.map(({ id }) => id);
  if (!isUntouched(await steps.listSteps(tenantId, runId, stepIds))) return false;
  const rows = await steps.listSteps(tenantId, originId, stepIds);
  const named = await artifacts.listArtifactsByIds(
    tenantId,
    rows.flatMap(({ outputArtifactIds }) => outputArtifactIds),
  );
  const byId = new Map(named.map(artifact => [artifact.id, artifact]));
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const { damaged } = await checkBlobs(
      engine,
      tenantId,
      named.map(({ contentHash, sizeBytes }) => ({ digest: contentHash, size: sizeBytes ?? 0 })),
    );
    const whole = (row: RunStep) =>
      row.outputArtifactIds.every(id => byId.has(id) && !damaged.has(byId.get(id)!.contentHash));
    const taken = finished(graph, run, rows, whole);
    if (taken.length === 0) return false;
    const copies = taken.map(row => copyOf(row, run, artifactsOf(row, byId)));
    const recorded = await transaction(engine.dataSource, tx => record(tx, run, stepIds, copies));
    if (recorded !== 'collected') return recorded === 'recorded';
  }
  return false;
}

/** Nothing has been done in the run, nor taken over. */
const isUntouched = (rows: readonly RunStep[]) =>
  rows.every(row => row.status === 'pending' && !row.waitingOn);

const artifactsOf = (row: RunStep, byId: ReadonlyMap<string, Artifact>) =>
  row.outputArtifactIds.flatMap(id => byId.get(id) ?? []);

/** The rows to take over, in the order of the graph. */
function finished(
  graph: Graph,
  { forkFromStepId }: Run,
  rows: readonly RunStep[],
  whole: (row: RunStep) => boolean,
): readonly RunStep[] {
  const byStep = new Map(rows.map(row => [row.stepId, row]));
  const taken = new Map<string, RunStep>();
  for (const node of graph.steps) {
    const row = byStep.get(node.id);
    if (!row || node.id === forkFromStepId || !hasResult(row) || !whole(row)) continue;
    if (dependencies(node).every(id => taken.has(id))) taken.set(node.id, row);
  }
  return [...taken.values()];
}

/** It gave something, or its condition left it out. */
const hasResult = ({ status, reason }: RunStep) =>
  status === 'completed' || reason === 'cache_hit' || reason === 'condition_false';

/** Locks rows in the order of all transactions: steps, blobs, the run. */
async function record(
  tx: Repositories,
  { tenantId, id: runId }: Run,
  stepIds: readonly string[],
  copies: readonly StepCopy[],
): Promise<'recorded' | 'too late' | 'collected'> {
  if (!isUntouched(await tx.steps.lockSteps(tenantId, runId, stepIds))) return 'too late';
  const rows = copies.flatMap(({ artifacts }) => artifacts);
  const digests = rows.map(({ contentHash }) => contentHash);
  if (!(await tx.blobs.hold(tenantId, digests))) return 'collected';
  await tx.artifacts.insertArtifacts(rows);
  await tx.steps.skipStepsAsCacheHits(
    tenantId,
    runId,
    copies.flatMap(({ hit }) => hit ?? []),
  );
  const off = copies.flatMap(({ hit, stepId }) => (hit ? [] : [stepId]));
  await tx.steps.skipSteps(tenantId, runId, off, 'condition_false');
  const named = copies.flatMap(({ stepId, artifacts }) =>
    artifacts.length > 0 ? [[stepId, Object.fromEntries(artifacts.map(({ name, id }) => [name, id]))]] : [],
  );
  if (named.length > 0)
    await tx.runs.mergeContext(tenantId, runId, { artifacts: Object.fromEntries(named) as object });
  return 'recorded';
}
