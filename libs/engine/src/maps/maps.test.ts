import type { Run } from '@cairn/dao';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import {
  itemStep,
  itemStepId,
  POLICY_DEFAULTS,
  type Expr,
  type MapNode,
  type OpenItem,
  type StepNode,
  type TakenItems,
} from '@cairn/pipeline';
import { settleRun } from '../runs/settle-run.js';
import { executeStep } from '../steps/execute-step.js';
import { handMadeRun } from '../testing/hand-made-run.js';
import { hooks, startTestEngine, stepRequest, TENANT, type TestEngine } from '../testing/test-engine.js';
import { endMap } from './end-map.js';
import { openMap } from './open-map.js';
import { takeItems } from './take-items.js';

let it: TestEngine;
beforeAll(async () => void (it = await startTestEngine()));
afterAll(() => it.stop());
beforeEach(() => it.reset());

const lit = (value: unknown): Expr => ({ $: 'lit', value });
const ofItem = (...path: string[]): Expr => ({ $: 'ref', step: itemStep('each'), path });
const step = (id: string, text: Expr, more: Partial<StepNode> = {}): StepNode => ({
  ...{ kind: 'step', id, skill: 'echo', skillVersion: '1.0.0' },
  input: { $: 'obj', of: { text, times: lit(1) } },
  policy: { ...POLICY_DEFAULTS, cache: 'global' },
  ...more,
});
const mapOver = (
  list: readonly unknown[],
  body: readonly StepNode[],
  more: Partial<MapNode> = {},
): MapNode => ({
  ...{ kind: 'map', id: 'each', input: lit(list), key: ofItem('name'), parallel: 10, failures: 'collect' },
  ...{ body, result: lit(null) },
  ...more,
});
const named = (count: number) => Array.from({ length: count }, (_, at) => ({ name: `i${at}` }));
const refOf = ({ id: runId }: Pick<Run, 'id'>) => ({ runId, tenantId: TENANT, mapStepId: 'each' });
const take = (run: Run, more: { after?: number; wanted?: number; ended?: readonly number[] } = {}) =>
  takeItems(it.engine, {
    ...{ ...refOf(run), workflowId: `run-${run.id}-each`, after: -1, wanted: 50, ended: [] },
    ...more,
  });
const itemsOf = (run: Run) => it.records.mapItems.listItems(refOf(run), { after: -1, limit: 1_000 });
const stepOf = (run: Run, key: string, id: string) =>
  it.records.steps.getStep(TENANT, run.id, itemStepId('each', key, id));
/** A run whose map has become items. */
async function opened(map: MapNode): Promise<Run> {
  const run = await handMadeRun(it, [map]);
  await openMap(it.engine, refOf(run));
  return run;
}
/** Puts what `echo` gives for a text into the cache. */
async function say(text: string): Promise<void> {
  const run = await it.newRun();
  await executeStep(it.engine, stepRequest(run, 'first', { text, times: 1 }), hooks());
}

describe('taking items', () => {
  test('gives no more at once than travels in one answer, and all of them in the end', async () => {
    const long = 'x'.repeat(60_000);
    await say(long);
    const run = await opened(mapOver(named(40), [step('long', lit(long)), step('own', ofItem('name'))]));
    const given: OpenItem[] = [];
    for (let after = -1, rounds = 0; after < 39; rounds += 1) {
      expect(rounds).toBeLessThan(40);
      const taken: TakenItems = await take(run, { after });
      expect(Buffer.byteLength(JSON.stringify(taken))).toBeLessThan(1024 * 1024);
      given.push(...taken.items);
      after = taken.upTo;
    }
    expect(given.map(({ position }) => position)).toEqual(named(40).map((_, at) => at));
    for (const { settled, misses } of given) {
      expect(settled).toMatchObject({ long: { kind: 'done', fromCache: true } });
      expect(misses).toEqual(['own']);
    }
  });

  test('gives an item without what is too much for one answer: that is asked for when it is needed', async () => {
    const long = 'x'.repeat(60_000);
    await say(long);
    const body = Array.from({ length: 40 }, (_, at) => step(`long_${at}`, lit(long)));
    const run = await opened(mapOver(named(1), [...body, step('own', ofItem('name'))]));
    const taken = await take(run);
    expect(Buffer.byteLength(JSON.stringify(taken))).toBeLessThan(1024 * 1024);
    expect(taken.items).toMatchObject([{ key: 'i0', misses: ['own'] }]);
    expect(Object.keys(taken.items[0]!.settled).length).toBeGreaterThan(5);
  });

  test('records what conditions leave out of items for which there is nothing else to do', async () => {
    const run = await opened(mapOver(named(2), [step('off', ofItem('name'), { when: lit(false) })]));
    const { items, counts } = await take(run);
    expect(items).toEqual([]);
    expect(counts).toEqual({ total: 2, done: 2, cached: 2, failed: 0 });
    expect(await stepOf(run, 'i0', 'off')).toMatchObject({ status: 'skipped', reason: 'condition_false' });
  });

  test('records nothing for a map that has ended a moment ago, and calls no item done that was broken off', async () => {
    const map = mapOver(named(3), [step('own', ofItem('name'))]);
    const late = await opened(map);
    await it.dataSource.query(`UPDATE "run_step" SET "status" = 'failed' WHERE "runId" = $1`, [late.id]);
    await expect(take(late)).rejects.toMatchObject({ code: 'MAP_ENDED', retryable: false });
    expect(await it.count('run_step')).toBe(1);

    const run = await opened(map);
    await take(run);
    // The run's row is seen as it was: it ends while the items are looked at.
    await settleRun(it.dataSource, { tenantId: TENANT, runId: run.id }, { status: 'cancelled' });
    await it.dataSource.query(`UPDATE "run" SET "status" = 'running', "completedAt" = NULL WHERE "id" = $1`, [
      run.id,
    ]);
    await it.dataSource.query(
      `UPDATE "run_step" SET "status" = 'running', "completedAt" = NULL WHERE "runId" = $1 AND "kind" = 'map'`,
      [run.id],
    );
    await take(run, { ended: [0, 1, 2], wanted: 0 });
    expect((await itemsOf(run)).map(({ status }) => status)).toEqual(['pending', 'pending', 'pending']);
  });
});

test('steps of items that come while their run is being ended are ended with it', async () => {
  const rounds = 8;
  for (let round = 0; round < rounds; round += 1) {
    const run = await opened(mapOver(named(200), [step('own', ofItem('name'))], { id: 'each' }));
    const ending = { status: 'cancelled' } as const;
    await Promise.allSettled([
      take(run, { wanted: 200 }),
      settleRun(it.dataSource, { tenantId: TENANT, runId: run.id }, ending),
    ]);
    const open = await it.records.steps.listOpenSteps(TENANT, run.id);
    expect({ round, open }).toEqual({ round, open: [] });
  }
});

test('an item may be null', async () => {
  const key: Expr = { $: 'op', op: 'firstOf', args: [ofItem('name'), lit('none')] };
  const run = await opened(
    mapOver([null, { name: 'a' }], [step('own', lit('x'), { when: lit(false) })], { key }),
  );
  await take(run);
  expect((await itemsOf(run)).map(item => [item.key, item.value])).toEqual([
    ['none', null],
    ['a', { name: 'a' }],
  ]);
  expect(await endMap(it.engine, refOf(run))).toMatchObject({ kind: 'done' });
});

describe('opening a map', () => {
  const source = (id: string) => step(id, lit(id));
  const whole = (id: string): Expr => ({ $: 'ref', step: id, path: ['text'] });
  /** A run in which these steps have given as much as a map may give. */
  async function given(ids: readonly string[], map: MapNode): Promise<Run> {
    const run = await handMadeRun(it, [...ids.map(source), map]);
    const output = { items: named(2), text: 'x'.repeat(1_000_000) };
    for (const id of ids) {
      await it.records.steps.startAttempt(TENANT, run.id, id, { attempt: 1, inputHash: 'x', cacheKey: null });
      const result = { outputArtifactIds: [], output, cacheHit: false, durationMs: 1 };
      await it.records.steps.completeStep(TENANT, run.id, id, result);
    }
    return run;
  }
  const listed: Partial<MapNode> = { input: { $: 'ref', step: 'one', path: ['items'] } };

  test('tells its workflow only of what items read', async () => {
    const run = await given(['one', 'two'], mapOver([], [step('own', whole('two'))], listed));
    const answer = await openMap(it.engine, refOf(run));
    expect(answer).toMatchObject({ kind: 'open', counts: { total: 2 } });
    expect(Object.keys((answer as { outer: object }).outer)).toEqual(['two']);
    expect((await take(run)).items.map(({ key }) => key)).toEqual(['i0', 'i1']);
  });

  test('refuses one whose items read more than travels in one answer', async () => {
    const body = [step('own', whole('one')), step('other', whole('two'))];
    const run = await given(['one', 'two'], mapOver([], body, listed));
    await expect(openMap(it.engine, refOf(run))).rejects.toMatchObject({
      code: 'MAP_INPUT_INVALID',
      retryable: false,
    });
  });
});
