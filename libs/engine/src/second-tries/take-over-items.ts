import { jcs } from '@cairn/canonical';
import { repositories, transaction } from '@cairn/dao';
import { dependencies, itemStepId, type MapRef, type OpenedMap, type SettledStep } from '@cairn/pipeline';
import { readRun } from '../runs/read-run.js';
import { settledStep } from '../steps/settled-step.js';
import { copyOf } from './copy-of.js';
import { finishedRows, followersOf } from './finished-rows.js';
import { readGiven } from './given-bytes.js';
import { recordCopies } from './record-copies.js';
import { originOf, type TakeOverParts } from './take-over.js';

/**
 * The run whose items a map goes on with: that which its run retries or forks, unless the map depends on the step from
 * which a fork goes on, or what it reads has become another since.
 */
export async function originOfItems(
  { dataSource }: Pick<TakeOverParts, 'dataSource'>,
  map: MapRef,
  { node, outer }: Pick<OpenedMap, 'node' | 'outer'>,
): Promise<string | undefined> {
  const { tenantId, runId } = map;
  const { runs, steps } = repositories(dataSource);
  const run = await runs.getRun(tenantId, runId);
  const originId = run && originOf(run);
  if (!run || !originId) return undefined;
  const { opened } = await readRun(dataSource, map);
  const { forkFromStepId } = run;
  if (forkFromStepId !== null && followersOf(opened.graph.steps, forkFromStepId).has(node.id))
    return undefined;
  const read = dependencies(node);
  const rows = await steps.listSteps(tenantId, originId, read);
  const ends = new Map(rows.map(row => [row.stepId, settledStep(row)]));
  return read.every(id => isSame(ends.get(id), outer[id])) ? originId : undefined;
}

function isSame(one: SettledStep | undefined, other: SettledStep | undefined): boolean {
  if (one?.kind === 'done' && other?.kind === 'done')
    return jcs(one.output ?? null) === jcs(other.output ?? null);
  return one?.kind === 'skipped' && other?.kind === 'skipped' && one.reason === other.reason;
}

/**
 * Takes over what another run has finished for items of the same names, as {@link takeOver} does for whole runs. Items
 * for which something has been done here are left alone.
 */
export async function takeOverItems(
  parts: TakeOverParts,
  originId: string,
  { tenantId, runId, mapStepId }: MapRef,
  { node }: Pick<OpenedMap, 'node'>,
  keys: readonly string[],
): Promise<void> {
  const { steps } = repositories(parts.dataSource);
  const rows = await steps.listItemSteps(tenantId, originId, mapStepId, keys);
  if (rows.length === 0) return;
  const given = await readGiven(parts, tenantId, rows);
  const byStep = new Map(rows.map(row => [row.stepId, row]));
  const units = keys.map(key => {
    const nameOf = (id: string) => itemStepId(mapStepId, key, id);
    const own = node.body.flatMap(({ id }) => {
      const row = byStep.get(nameOf(id));
      return row ? [[id, row] as const] : [];
    });
    const taken = finishedRows(node.body, new Map(own), given.isWhole);
    return {
      stepIds: node.body.map(({ id }) => nameOf(id)),
      copies: taken.map(row => copyOf(row, runId, given.artifactsOf(row))),
    };
  });
  const some = units.filter(({ copies }) => copies.length > 0);
  // Should a collection have taken bytes a moment ago, nothing is recorded, and the items go through the cache.
  await transaction(parts.dataSource, tx => recordCopies(tx, { tenantId, runId }, some));
}
