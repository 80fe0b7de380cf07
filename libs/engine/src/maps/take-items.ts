import { digestOf } from '@cairn/canonical';
import { repositories, transaction, type MapItem, type MapItemEnd } from '@cairn/dao';
import { CairnError } from '@cairn/dto';
import { itemStepId, type OpenedMap, type OpenItem, type TakenItems, type TakeItems } from '@cairn/pipeline';
import type { Engine } from '../engine.js';
import { ByValue, settledByValue } from '../runs/by-value.js';
import { originOfItems, takeOverItems } from '../second-tries/take-over-items.js';
import { followHits, missesOf, recordFound, type Followed } from '../steps/follow-hits.js';
import { endOf, mapOfRun, standingItems, type StandingItem } from './item-ends.js';
import { readMap } from './open-map.js';

/** Items that are looked at in one go. */
const PAGE = 100;
/** Taking is a local activity, which has three seconds. Milliseconds. */
const LONGEST_MS = 1_200;
/**
 * Of what is given, as JSON: it goes into the history of the map's workflow. One item is always given, however much its
 * value is. Bytes.
 */
const MOST_BYTES = 512 * 1024;

/**
 * Notes the ends of items; then follows the next items through the cache, page by page, until so many are found as are
 * wanted for which something has to be executed. Items that the cache has whole end here. It may be repeated: what is
 * recorded stays, and is given again.
 *
 * @throws CairnError MAP_ENDED, terminal, when the map or its run has ended.
 */
export async function takeItems(engine: Engine, taking: TakeItems): Promise<TakenItems> {
  const { dataSource } = engine;
  const { mapItems } = repositories(dataSource);
  const map = mapOfRun(taking);
  const opened = await readMap(dataSource, taking);
  if (opened.kind === 'ended') throw ended(taking);
  await noteEnds(engine, taking, opened);
  const originId = await originOfItems(engine, taking, opened);

  const items: OpenItem[] = [];
  let upTo = taking.after;
  const end = performance.now() + LONGEST_MS;
  for (let bytes = 0; items.length < taking.wanted && bytes < MOST_BYTES && performance.now() < end;) {
    const page = await mapItems.listItems(map, { after: upTo, limit: PAGE, status: 'pending' });
    if (page.length === 0) {
      upTo = opened.counts.total - 1;
      break;
    }
    const open = await followPage(engine, taking, { ...opened, originId }, page, end + LONGEST_MS / 2);
    upTo = page.at(-1)!.position;
    for (const item of open) {
      bytes += Buffer.byteLength(JSON.stringify(item));
      if (bytes > MOST_BYTES && items.length > 0) {
        // What is found stays recorded: these are given the next time.
        upTo = item.position - 1;
        break;
      }
      items.push(item);
    }
  }
  return { items, upTo, counts: await mapItems.count(map) };
}

/** Records the ends of items that the workflow has seen ending. */
async function noteEnds(engine: Engine, taking: TakeItems, opened: OpenedMap): Promise<void> {
  const { mapItems } = repositories(engine.dataSource);
  const map = mapOfRun(taking);
  const items = await mapItems.pendingAt(map, taking.ended);
  await endItems(
    engine,
    taking,
    endsOf(await standingItems(engine.dataSource, taking, opened, items), opened),
  );
}

async function endItems(engine: Engine, taking: TakeItems, ends: readonly MapItemEnd[]): Promise<void> {
  if (ends.length === 0) return;
  await repositories(engine.dataSource).mapItems.endItems(mapOfRun(taking), ends);
  engine.reports.mapMoved(mapOfRun(taking));
}

function endsOf(standing: readonly StandingItem[], opened: OpenedMap): readonly MapItemEnd[] {
  return standing.flatMap(each => endOf(each, opened) ?? []);
}

/** @returns the items of the page that are still open */
async function followPage(
  engine: Engine,
  taking: TakeItems,
  opened: OpenedMap & { readonly originId: string | undefined },
  page: readonly MapItem[],
  end: number,
): Promise<readonly OpenItem[]> {
  const { dataSource } = engine;
  const keys = page.map(({ key }) => key);
  await beginItems(engine, taking, opened, keys);
  if (opened.originId !== undefined) await takeOverItems(engine, opened.originId, taking, opened, keys);
  const standing = await standingItems(dataSource, taking, opened, page);
  const { tenantId, runId, mapStepId, workflowId } = taking;
  const run = { tenantId, runId };
  const followed = standing.map(({ walk, item: { key } }): Followed => ({
    walk,
    context: { run, workflowId, setting: opened, item: { mapStepId, key } },
    asked: new Set(),
  }));
  const found = await followHits(engine, followed, { end, mostBytes: Infinity });
  const moved = found.reuses.length + found.off.length > 0;
  const recorded = !moved || (await recordFound(engine, run, found));
  // What counts is what the records say; they are read again where following has moved a walk on.
  const now = moved ? await standingItems(dataSource, taking, opened, page) : standing;
  await endItems(engine, taking, endsOf(now, opened));
  return now.flatMap(({ item, walk, settled }, index) =>
    walk.isOver
      ? []
      : [
          {
            position: item.position,
            key: item.key,
            value: item.value,
            settled: settledByValue(opened.node.body, settled, new ByValue(MOST_BYTES)),
            misses: recorded ? missesOf(followed[index]!) : [],
          },
        ],
  );
}

/**
 * Records the steps of items, unless they are there.
 * @throws CairnError MAP_ENDED when the map has ended a moment ago: whoever ended it has seen all its steps
 */
async function beginItems(
  { dataSource }: Engine,
  taking: TakeItems,
  opened: OpenedMap,
  keys: readonly string[],
): Promise<void> {
  const { tenantId, runId, mapStepId } = taking;
  await transaction(dataSource, async tx => {
    const [row] = await tx.steps.lockSteps(tenantId, runId, [mapStepId]);
    if (row?.status !== 'running') throw ended(taking);
    await tx.steps.insertItemSteps(keys.flatMap(key => rowsOf(taking, opened, key)));
  });
}

const ended = ({ mapStepId }: TakeItems) => new CairnError('MAP_ENDED', `The map ${mapStepId} has ended`);

/** The steps of an item, as they are before anything is known of them. */
function rowsOf({ tenantId, runId, mapStepId }: TakeItems, { node, position }: OpenedMap, key: string) {
  return node.body.map(each => ({
    runId,
    tenantId,
    stepId: itemStepId(mapStepId, key, each.id),
    skillId: each.kind === 'step' ? each.skill : `$${each.kind}`,
    kind: each.kind,
    position,
    mapStepId,
    itemKey: key,
    inputHash: digestOf(each.input),
  }));
}
