import { repositories, type DataSource, type MapItem, type MapItemEnd, type MapOfRun } from '@cairn/dao';
import { walkOfItem, type BodyNode, type MapRef, type OpenedMap, type Walk } from '@cairn/pipeline';
import { settledOf } from '../runs/read-run.js';

/** What an item gives at most, as JSON: it travels by value, as a skill's output does. Bytes. */
const MOST_BYTES = 64 * 1024;

export const mapOfRun = ({ tenantId, runId, mapStepId }: MapRef): MapOfRun => ({
  tenantId,
  runId,
  mapStepId,
});

/** An item, where it stands in its map's body, and its ends by the body's ids. */
export interface StandingItem {
  readonly item: MapItem;
  readonly walk: Walk<BodyNode>;
  readonly settled: ReturnType<typeof settledOf>;
}

/** Where items stand, as the records have it. */
export async function standingItems(
  dataSource: DataSource,
  map: MapRef,
  opened: OpenedMap,
  items: readonly MapItem[],
): Promise<readonly StandingItem[]> {
  const keys = items.map(({ key }) => key);
  const rows = await repositories(dataSource).steps.listItemSteps(
    map.tenantId,
    map.runId,
    map.mapStepId,
    keys,
  );
  const byKey = new Map<string, typeof rows>();
  for (const row of rows) byKey.set(row.itemKey!, [...(byKey.get(row.itemKey!) ?? []), row]);
  return items.map(item => {
    const settled = settledOf(byKey.get(item.key) ?? [], ({ stepId }) => bodyIdOf(stepId));
    return { item, settled, walk: walkOfItem(opened, { value: item.value, settled }) };
  });
}

const bodyIdOf = (stepId: string) => stepId.slice(stepId.lastIndexOf('.') + 1);

/** How an item has ended; undefined while there is something left to do for it, or when its run ended before it did. */
export function endOf({ item, walk, settled }: StandingItem, opened: OpenedMap): MapItemEnd | undefined {
  const { position } = item;
  const failure = walk.firstFailure;
  if (failure && walk.isOver)
    return {
      position,
      status: 'failed',
      errorCode: failure.code,
      error: `${failure.stepId}: ${failure.message}`,
    };
  const brokenOff = Object.values(settled).some(
    end => end.kind === 'skipped' && end.reason !== 'condition_false',
  );
  if (!walk.isOver || brokenOff) return undefined;
  const output = walk.value(opened.node.result);
  const size = Buffer.byteLength(JSON.stringify(output ?? null));
  if (size <= MOST_BYTES) return { position, status: 'done', output, fromCache: walk.isCached };
  const error = `It gives ${size} bytes of JSON; an item gives ${MOST_BYTES} at most`;
  return { position, status: 'failed', errorCode: 'OUTPUT_TOO_LARGE', error };
}
