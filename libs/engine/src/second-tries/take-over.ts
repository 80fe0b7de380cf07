import { repositories, transaction, type JsonObject, type Repositories, type Run } from '@cairn/dao';
import type { Graph } from '@cairn/pipeline';
import type { Engine } from '../engine.js';
import { copyOf } from './copy-of.js';
import { finishedRows, isUntouched } from './finished-rows.js';
import { readGiven } from './given-bytes.js';
import { recordCopies, type CopyUnit } from './record-copies.js';

/** What taking over stands on. */
export type TakeOverParts = Pick<Engine, 'dataSource' | 'store' | 'verifyAfterMs'>;

/** How often bytes may be collected just when they were found right, before nothing is taken over. */
const MOST_ROUNDS = 5;

/** The run that this one goes on from, if there is one. */
export const originOf = ({ retryOfRunId, forkOfRunId }: Run): string | null => retryOfRunId ?? forkOfRunId;

/**
 * Takes over what the run that this one retries or forks has finished: as it is, whatever became of the cache, of the
 * code or, for a fork, of the trigger. Of a fork, the step from which it goes on is not taken over. Nor is a step whose
 * bytes are missing or wrong, nor what depends on a step that is not taken over: these go through the cache as in any run.
 *
 * It is done before anything else is done in the run, in one transaction. Where something has been done, it is over.
 *
 * @returns whether it has changed any step
 */
export async function takeOver(parts: TakeOverParts, run: Run, graph: Graph): Promise<boolean> {
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const taken = await tryToTakeOver(parts, run, graph);
    if (taken !== 'collected') return taken === 'taken';
  }
  return false;
}

async function tryToTakeOver(
  parts: TakeOverParts,
  run: Run,
  graph: Graph,
): Promise<'taken' | 'nothing' | 'collected'> {
  const { dataSource } = parts;
  const { tenantId, id: runId, forkFromStepId } = run;
  const { steps, mapCopies } = repositories(dataSource);
  const originId = originOf(run);
  const stepIds = graph.steps.map(({ id }) => id);
  if (originId === null || !isUntouched(await steps.listSteps(tenantId, runId, stepIds))) return 'nothing';
  const rows = await steps.listSteps(tenantId, originId, stepIds);
  const maps = rows.filter(({ kind }) => kind === 'map').map(({ stepId }) => stepId);
  const ofItems = await mapCopies.bytesOfItems(tenantId, originId, maps);
  const given = await readGiven(parts, tenantId, rows, ofItems);
  const byStep = new Map(rows.map(row => [row.stepId, row]));
  const taken = finishedRows(graph.steps, byStep, row => row.stepId !== forkFromStepId && given.isWhole(row));
  if (taken.length === 0) return 'nothing';
  const unit = { stepIds, copies: taken.map(row => copyOf(row, runId, given.artifactsOf(row))) };
  const takenMaps = taken.filter(({ kind }) => kind === 'map').map(({ stepId }) => stepId);
  const digests = takenMaps.flatMap(id => (ofItems.get(id) ?? []).map(({ digest }) => digest));
  return transaction(dataSource, async tx => {
    const recorded = await recordCopies(tx, { tenantId, runId }, [unit], digests);
    if (!recorded) return 'collected';
    if (recorded.length === 0) return 'nothing';
    for (const mapStepId of takenMaps) await tx.mapCopies.copyItems(tenantId, mapStepId, originId, runId);
    await nameArtifacts(tx, run, unit);
    return 'taken';
  });
}

/** In the context of the run, as other steps name theirs. */
async function nameArtifacts(tx: Repositories, { tenantId, id }: Run, { copies }: CopyUnit): Promise<void> {
  const named = copies.flatMap(({ stepId, artifacts }): [string, JsonObject][] =>
    artifacts.length > 0
      ? [[stepId, Object.fromEntries(artifacts.map(artifact => [artifact.name, artifact.id]))]]
      : [],
  );
  if (named.length > 0) await tx.runs.mergeContext(tenantId, id, { artifacts: Object.fromEntries(named) });
}
