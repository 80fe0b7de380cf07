import { digestOf } from '@cairn/canonical';
import {
  isTerminalRunStatus,
  repositories,
  transaction,
  type DataSource,
  type NewMapItem,
  type Run,
} from '@cairn/dao';
import { CairnError } from '@cairn/dto';
import {
  dependencies,
  evaluate,
  ITEM_KEY,
  itemStep,
  MOST_ITEMS,
  walkOfRun,
  type MapNode,
  type MapRef,
  type OpenedMap,
  type SettledStep,
} from '@cairn/pipeline';
import type { Engine } from '../engine.js';
import { progressOf } from '../reports/map-reports.js';
import { readRun } from '../runs/read-run.js';
import { settledStep } from '../steps/settled-step.js';

/** What all items of a map read from outside, as JSON: it travels through Temporal, whose bound is 2 MB. Bytes. */
const MOST_BYTES = 1536 * 1024;

/** A map that has ended, or whose run has. */
export interface EndedMap {
  readonly kind: 'ended';
}

/**
 * Takes a map up: the first time, its list becomes items, named by their keys, in one transaction.
 *
 * @throws CairnError MAP_INPUT_INVALID, naming step, place and rule, for what cannot be mapped over; RUN_UNKNOWN.
 */
export async function openMap(
  engine: Pick<Engine, 'dataSource'>,
  map: MapRef,
): Promise<OpenedMap | EndedMap> {
  const found = await readMap(engine.dataSource, map);
  if (found.kind === 'ended') return found;
  if (found.counts.total > 0) return forItems(found);
  await expand(engine.dataSource, map, found, await listOf(engine.dataSource, map, found.node));
  const opened = await readMap(engine.dataSource, map);
  return opened.kind === 'ended' ? opened : forItems(opened);
}

/**
 * A map with no more of other nodes' ends than its items read: the list itself stays out of its workflow's history.
 * @throws CairnError MAP_INPUT_INVALID when that is more than travels in one answer
 */
function forItems(opened: OpenedMap): OpenedMap {
  const { node, trigger, workflowName } = opened;
  const read = new Set(node.body.flatMap(dependencies));
  const outer = Object.fromEntries(Object.entries(opened.outer).filter(([id]) => read.has(id)));
  const size = Buffer.byteLength(JSON.stringify({ outer, trigger }));
  if (size <= MOST_BYTES) return { ...opened, outer };
  throw new CairnError(
    'MAP_INPUT_INVALID',
    `${workflowName}, step "${node.id}": its items read ${size} bytes of JSON from outside; ${MOST_BYTES} is the most`,
  );
}

/** A map as the records have it. */
export async function readMap(dataSource: DataSource, map: MapRef): Promise<OpenedMap | EndedMap> {
  const { run, steps, opened } = await readRun(dataSource, map);
  const row = steps.find(({ stepId }) => stepId === map.mapStepId);
  const node = opened.graph.steps.find(({ id }) => id === map.mapStepId);
  if (!row || node?.kind !== 'map')
    throw new CairnError('RUN_UNKNOWN', `Run ${map.runId} has no map ${map.mapStepId}`);
  if (isTerminalRunStatus(run.status) || settledStep(row)) return { kind: 'ended' };
  const read = dependencies(node);
  const { workflowName, facts, rootRunId, options } = opened;
  return {
    kind: 'open',
    node,
    position: row.position,
    ...{ workflowName, facts, rootRunId, options },
    trigger: readsTrigger(node, run),
    outer: Object.fromEntries(Object.entries(opened.settled).filter(([id]) => read.includes(id))),
    counts: await repositories(dataSource).mapItems.count(map),
  };
}

/** The trigger goes into the history of the map's workflow only where it is read. */
function readsTrigger(node: MapNode, { trigger }: Run): unknown {
  return JSON.stringify([node.key, node.body, node.result]).includes('"$trigger"') ? trigger : undefined;
}

async function listOf(dataSource: DataSource, map: MapRef, node: MapNode): Promise<unknown> {
  const { opened } = await readRun(dataSource, map);
  return walkOfRun(opened).input(node, { keyed: false });
}

async function expand(
  dataSource: DataSource,
  map: MapRef,
  { node, workflowName, outer, trigger, facts }: OpenedMap,
  list: unknown,
): Promise<void> {
  const env = new Map<string, unknown>([
    ['$trigger', trigger],
    ['$run', facts],
    ...Object.entries(outer).map(([id, end]) => [id, outputOf(end)] as const),
  ]);
  const items = itemsOf(list, `${workflowName}, step "${node.id}"`, item =>
    evaluate(node.key, new Map([...env, [itemStep(node.id), item]]), { keyed: false }),
  );
  const { tenantId, runId, mapStepId } = map;
  await transaction(dataSource, async tx => {
    const [row] = await tx.steps.lockSteps(tenantId, runId, [mapStepId]);
    // Another attempt was first.
    if (row?.status !== 'pending') return;
    await tx.mapItems.insertItems(map, items);
    const inputHash = digestOf(items.map(({ key, value }) => ({ key, value })));
    await tx.steps.startAttempt(tenantId, runId, mapStepId, { attempt: 1, inputHash, cacheKey: null });
    const counts = { total: items.length, done: 0, cached: 0, failed: 0 };
    await tx.events.append([progressOf(map, counts)]);
  });
}

const outputOf = (end: SettledStep) => (end.kind === 'done' ? end.output : undefined);

/** @throws CairnError MAP_INPUT_INVALID */
function itemsOf(list: unknown, subject: string, keyOf: (item: unknown) => unknown): readonly NewMapItem[] {
  const refuse = (rule: string): never => {
    throw new CairnError('MAP_INPUT_INVALID', `${subject}: ${rule}`);
  };
  if (!Array.isArray(list)) return refuse('what is mapped over is not a list');
  if (list.length > MOST_ITEMS)
    return refuse(`the list has ${list.length} items; a map takes ${MOST_ITEMS} at most`);
  const places = new Map<string, number>();
  return list.map((value: unknown, position) => {
    const key = keyOf(value);
    if (typeof key !== 'string' || !ITEM_KEY.test(key))
      return refuse(`the key of item ${position} is ${JSON.stringify(key)}; a key is like blue-de`);
    const other = places.get(key);
    if (other !== undefined) return refuse(`items ${other} and ${position} have the same key, ${key}`);
    places.set(key, position);
    // A field that is absent somewhere, as pluck() gives it.
    return { position, key, value: value ?? null };
  });
}
