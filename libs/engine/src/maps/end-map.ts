import { repositories, transaction, type MapItem } from '@cairn/dao';
import { CairnError } from '@cairn/dto';
import { allReferences, type MapRef, type OpenedMap, type SettledStep } from '@cairn/pipeline';
import { keepBytes } from '../blobs/keep-bytes.js';
import type { Engine } from '../engine.js';
import { readRun } from '../runs/read-run.js';
import { failStep } from '../runs/step-records.js';
import { artifactRowsOf } from '../steps/artifact-rows.js';
import { settledStep } from '../steps/settled-step.js';
import { BytesCollectedError } from '../steps/step-errors.js';
import { endOf, mapOfRun, standingItems } from './item-ends.js';
import { readMap } from './open-map.js';

const PAGE = 500;
/** What a map gives to later steps at most, as JSON: it travels through Temporal, whose bound is 2 MB. Bytes. */
const MOST_BYTES = 1024 * 1024;
/** Failed items that are named in the failure of their map. */
const MOST_NAMED = 5;
/** As whom a map stands in the records of artifacts. */
const SKILL = '$map';

/**
 * Ends a map whose items have ended. Its index is stored as an artifact: each item by key, with what came of it. What
 * later steps read of it is given by value.
 *
 * @throws CairnError MAP_NOT_OVER when an item has not ended though none has stopped the map.
 */
export async function endMap(engine: Engine, map: MapRef): Promise<SettledStep> {
  const opened = await readMap(engine.dataSource, map);
  if (opened.kind === 'ended') return recordedEnd(engine, map);
  await noteRemaining(engine, map, opened);
  const { mapItems } = repositories(engine.dataSource);
  const counts = await mapItems.count(mapOfRun(map));
  await engine.reports.mapEnds(mapOfRun(map));
  if (opened.node.failures === 'stop' && counts.failed > 0)
    return fail(engine, map, 'ITEM_FAILED', await failureOf(engine, map));
  if (counts.done + counts.failed < counts.total)
    throw new CairnError('MAP_NOT_OVER', `Items of the map ${map.mapStepId} have not ended`);
  return complete(engine, map, opened);
}

async function recordedEnd(
  { dataSource }: Engine,
  { tenantId, runId, mapStepId }: MapRef,
): Promise<SettledStep> {
  const row = await repositories(dataSource).steps.getStep(tenantId, runId, mapStepId);
  const settled = row && settledStep(row);
  return settled ?? { kind: 'failed', code: 'RUN_ENDED', message: 'The run ended before its map did' };
}

/** Items whose last step ended after the workflow told of ends for the last time. */
async function noteRemaining({ dataSource }: Engine, map: MapRef, opened: OpenedMap): Promise<void> {
  const { mapItems } = repositories(dataSource);
  for (let after = -1; ;) {
    const page = await mapItems.listItems(mapOfRun(map), { after, limit: PAGE, status: 'pending' });
    if (page.length === 0) return;
    const standing = await standingItems(dataSource, map, opened, page);
    await mapItems.endItems(
      mapOfRun(map),
      standing.flatMap(each => endOf(each, opened) ?? []),
    );
    after = page.at(-1)!.position;
  }
}

async function failureOf({ dataSource }: Engine, map: MapRef): Promise<string> {
  const { mapItems } = repositories(dataSource);
  const failed = await mapItems.listItems(mapOfRun(map), { after: -1, limit: MOST_NAMED, status: 'failed' });
  return failed.map(({ key, error }) => `item ${key}: ${error}`).join('; ');
}

/** The map fails; steps of items that have not begun are blocked by that. */
async function fail(
  { dataSource }: Engine,
  map: MapRef,
  code: string,
  message: string,
): Promise<SettledStep> {
  const { tenantId, runId, mapStepId } = map;
  const steps = await repositories(dataSource).steps.listOpenSteps(tenantId, runId);
  const blocked = steps.filter(step => step.mapStepId === mapStepId).map(({ stepId }) => stepId);
  return failStep(dataSource, { tenantId, runId, stepId: mapStepId, code, message, blocked });
}

async function complete(engine: Engine, map: MapRef, opened: OpenedMap): Promise<SettledStep> {
  const { tenantId, runId, mapStepId } = map;
  const result = new Result(opened.node.failures === 'collect');
  const { digest, size } = await keepBytes(
    engine,
    tenantId,
    { runId, stepId: mapStepId },
    indexOf(items(engine, map), result),
  );
  const { opened: run } = await readRun(engine.dataSource, map);
  const isRead = allReferences(run.graph).some(({ step }) => step === mapStepId);
  if (isRead && result.value === undefined)
    return fail(
      engine,
      map,
      'OUTPUT_TOO_LARGE',
      `It gives more than ${MOST_BYTES} bytes of JSON, which is the most that later steps can read by value`,
    );
  const output = isRead ? result.value : null;
  const request = { runId, tenantId, stepId: mapStepId, skillId: SKILL };
  const index = { name: 'index', type: 'json/map-index', digest, size, filename: `${mapStepId}.json` };
  const artifacts = artifactRowsOf(request, { output, artifacts: [index] }, engine.store);
  const blob = await engine.store.stat(tenantId, digest);
  const done = await transaction(engine.dataSource, async tx => {
    const held =
      blob &&
      (await tx.blobs.confirm(tenantId, [{ digest, stamp: blob.stamp }], { runId, stepId: mapStepId }));
    if (!held) throw new BytesCollectedError(mapStepId);
    const completed = await tx.steps.completeStep(tenantId, runId, mapStepId, {
      outputArtifactIds: artifacts.ids,
      artifacts: artifacts.rows,
      output,
      cacheHit: false,
      durationMs: null,
    });
    if (!completed) return false;
    await tx.artifacts.insertArtifacts(artifacts.rows);
    if (artifacts.context) await tx.runs.mergeContext(tenantId, runId, artifacts.context);
    return true;
  });
  return done ? { kind: 'done', output, fromCache: false } : recordedEnd(engine, map);
}

async function* items({ dataSource }: Engine, map: MapRef): AsyncGenerator<MapItem> {
  const { mapItems } = repositories(dataSource);
  for (let after = -1; ;) {
    const page = await mapItems.listItems(mapOfRun(map), { after, limit: PAGE });
    if (page.length === 0) return;
    yield* page;
    after = page.at(-1)!.position;
  }
}

/** The index, an item a line: as JSON it is one document, and it is never in memory as a whole. */
async function* indexOf(all: AsyncIterable<MapItem>, result: Result): AsyncGenerator<Uint8Array> {
  yield Buffer.from('{"format":"cairn-map-index/1","items":[');
  let separator = '\n';
  for await (const item of all) {
    result.add(item);
    const { key, status, output, errorCode, error } = item;
    const entry = status === 'done' ? { key, output } : { key, failed: { code: errorCode, message: error } };
    yield Buffer.from(`${separator}${JSON.stringify(entry)}`);
    separator = ',\n';
  }
  yield Buffer.from('\n]}\n');
}

/** What later steps read, as long as it is not too much to be given by value. */
class Result {
  private ok: unknown[] | undefined = [];
  private readonly failed: { key: string; code: string; message: string }[] = [];
  private bytes = 0;

  constructor(private readonly collects: boolean) {}

  add({ key, status, output, errorCode, error }: MapItem): void {
    const entry = status === 'done' ? output : { key, code: errorCode ?? '', message: error ?? '' };
    this.bytes += Buffer.byteLength(JSON.stringify(entry ?? null));
    if (this.bytes > MOST_BYTES) this.ok = undefined;
    else if (status === 'done') this.ok?.push(output);
    else this.failed.push(entry as (typeof this.failed)[number]);
  }

  /** Absent when it is too much. */
  get value(): unknown {
    if (!this.ok) return undefined;
    return this.collects ? { ok: this.ok, failed: this.failed } : this.ok;
  }
}
