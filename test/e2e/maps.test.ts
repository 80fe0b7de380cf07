import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { Run } from '@cairn/client';
import { Client, Connection } from '@temporalio/client';
import { startCairn, temporalAddress, type Cairn } from '../support/cairn.js';
import { inconsistencies } from '../support/records.js';
import { stepOf } from '../support/steps.js';
import { waitUntil } from '../support/wait-until.js';

let cairn: Cairn;
beforeAll(async () => {
  cairn = await startCairn({ catalog: 'map' });
}, 90_000);
afterEach(async () => expect(await inconsistencies(cairn)).toEqual([]));
afterAll(() => cairn?.stop());

const start = async (workflow: string, trigger: object) =>
  (await cairn.client.startRun({ workflow, trigger })).run;
const ended = (run: Run) => cairn.client.waitForRun(run.id, { deadlineMs: 60_000 });
const run = async (workflow: string, trigger: object) => ended(await start(workflow, trigger));
const items = async ({ id }: Run, step = 'pages') => (await cairn.client.listMapItems(id, step)).items;
/** How often a step of this label was executed since. */
const executedSince = (before: number, label: string) =>
  cairn
    .executions()
    .slice(before)
    .filter(line => line === label).length;

describe('a map', () => {
  test('does the same for each item of a list that a step made, and gives the results in its order', async () => {
    const first = await run('map.pages', { words: 'red green blue cyan' });
    expect(first.errorCode).toBeUndefined();
    const { pages } = first.output as { pages: { name: string; page: { filename: string } }[] };
    expect(pages.map(({ name }) => name)).toEqual(['red', 'green', 'blue', 'cyan']);
    expect(stepOf(first, 'pages')).toMatchObject({
      kind: 'map',
      skillId: '$map',
      status: 'completed',
      items: { total: 4, done: 4, cached: 0, failed: 0 },
    });
    expect((await items(first)).map(({ position, key, status }) => [position, key, status])).toEqual([
      [0, 'red', 'done'],
      [1, 'green', 'done'],
      [2, 'blue', 'done'],
      [3, 'cyan', 'done'],
    ]);
    // Nothing per item in the run itself.
    expect(first.steps.map(({ stepId }) => stepId)).toEqual(['words', 'pages', 'last']);
    expect(Object.keys((first.context as { artifacts: object }).artifacts).sort()).toEqual([
      'last',
      'pages',
      'words',
    ]);
  });

  test('stores an index of its items', async () => {
    const { id } = await run('map.pages', { words: 'one two' });
    const artifacts = [];
    for await (const artifact of cairn.client.runArtifacts(id)) artifacts.push(artifact);
    const index = artifacts.find(({ type }) => type === 'json/map-index')!;
    const { stream } = await cairn.client.download(index.id);
    const document = (await new Response(stream).json()) as { format: string; items: { key: string }[] };
    expect(document.format).toBe('cairn-map-index/1');
    expect(document.items.map(({ key }) => key)).toEqual(['one', 'two']);
  });

  test('executes only what is new: a word more, and another order', async () => {
    await run('map.pages', { words: 'a b c', title: 'order' });
    const before = cairn.executions().length;
    const second = await run('map.pages', { words: 'c x b a', title: 'order' });
    expect(stepOf(second, 'pages').items).toEqual({ total: 4, done: 4, cached: 3, failed: 0 });
    expect([executedSince(before, 'draft'), executedSince(before, 'page')]).toEqual([1, 1]);
    const { pages } = second.output as { pages: { name: string }[] };
    expect(pages.map(({ name }) => name)).toEqual(['c', 'x', 'b', 'a']);
  });

  test('of nothing gives nothing', async () => {
    const done = await run('map.pages', { words: '' });
    expect(done.status).toBe('completed');
    expect(done.output).toMatchObject({ pages: [] });
  });

  test('stops with the first item that fails, and says which', async () => {
    const failed = await run('map.pages', { words: 'good bad:fail other', title: 'stop' });
    expect(failed).toMatchObject({ status: 'failed', errorCode: 'ITEM_FAILED' });
    expect(failed.error).toBe('pages: item bad: page: page was told to fail');
    expect(stepOf(failed, 'last')).toMatchObject({ status: 'skipped', reason: 'blocked' });
  });

  test('that collects gives what went well and what did not', async () => {
    const done = await run('map.collect', { words: 'good bad:fail late:flaky' });
    expect(done.output).toMatchObject({
      names: ['good', 'late'],
      ok: [{ name: 'good' }, { name: 'late', extra: 'extra' }],
      failed: [{ key: 'bad', code: 'TOY_FAILED', message: 'page: page was told to fail' }],
    });
    expect(stepOf(done, 'pages').items).toEqual({ total: 3, done: 2, cached: 0, failed: 1 });
  });

  test.each([
    ['twice', 'a b a', 'items 0 and 2 have the same key, a'],
    ['of no form', 'a b/c', 'the key of item 1 is "b/c"; a key is like blue-de'],
  ])('refuses a key that is %s', async (_what, words, rule) => {
    const failed = await run('map.pages', { words });
    expect(failed).toMatchObject({ status: 'failed', errorCode: 'MAP_INPUT_INVALID' });
    expect(failed.error).toBe(`pages: map.pages, step "pages": ${rule}`);
  });

  test('takes ten thousand items and no more', async () => {
    const named = (count: number) => Array.from({ length: count }, (_, index) => `m${index}`);
    const failed = await run('map.given', { items: named(10_001) });
    expect(failed.error).toBe(
      'each: map.given, step "each": the list has 10001 items; a map takes 10000 at most',
    );
    const { id } = await start('map.given', { items: named(10_000) });
    const counted = async () => stepOf(await cairn.client.getRun(id), 'each').items?.total === 10_000;
    await waitUntil('all of them are items', counted, 30_000);
    await cairn.client.cancelRun(id);
    expect((await cairn.client.waitForRun(id, { deadlineMs: 30_000 })).status).toBe('cancelled');
  });
});

test('items that are given much are begun one after the other, as far as Temporal takes it at once', async () => {
  const done = await run('map.shared', { count: 100, about: 'x'.repeat(60_000) });
  expect(done.status).toBe('completed');
  expect(stepOf(done, 'each').items).toEqual({ total: 100, done: 100, cached: 0, failed: 0 });
}, 90_000);

test('a cancelled map tells its items, and begins no more of them', async () => {
  const { id } = await start('map.pages', { words: 'x:wait y:wait z:wait v w', title: 'cancel' });
  const waits = async () =>
    (await cairn.client.getRun(id)).status === 'running' && executedSince(0, 'page') > 0;
  await waitUntil('an item waits', waits, 30_000);
  await cairn.client.cancelRun(id);
  const cancelled = await cairn.client.waitForRun(id, { deadlineMs: 30_000 });
  expect(cancelled.status).toBe('cancelled');
  expect(cancelled.steps.map(({ status }) => status)).not.toContain('running');
});

test('a worker that is killed in the middle of a map costs no item: what ended stays, the rest is done', async () => {
  const before = cairn.executions().length;
  const words = 'k1 k2 k3 k4:wait k5 k6';
  const { id } = await start('map.pages', { words, title: 'killed' });
  await waitUntil('it waits in the middle', () => executedSince(before, 'page') >= 4, 30_000);
  await cairn.worker.end('SIGKILL');
  cairn.release('killed: k4');
  await cairn.worker.start();
  const done = await cairn.client.waitForRun(id, { deadlineMs: 60_000 });
  expect(stepOf(done, 'pages').items).toMatchObject({ total: 6, done: 6 });
  expect(executedSince(before, 'page')).toBeLessThanOrEqual(6 + 3);
}, 90_000);

test('goes on as new when its history has grown long; a second run takes all items from the cache', async () => {
  const { id } = await start('map.many', { count: 1_400, salt: 'long ' });
  const done = await cairn.client.waitForRun(id, { deadlineMs: 120_000 });
  expect(stepOf(done, 'each').items).toEqual({ total: 1_400, done: 1_400, cached: 0, failed: 0 });
  const connection = await Connection.connect({ address: temporalAddress() });
  try {
    const { workflow } = new Client({ connection });
    const executions = [];
    for await (const { status } of workflow.list({ query: `WorkflowId = 'run-${done.id}-each'` }))
      executions.push(status.name);
    expect(executions.sort()).toEqual(['COMPLETED', 'CONTINUED_AS_NEW']);
  } finally {
    await connection.close();
  }
  const again = await run('map.many', { count: 1_400, salt: 'long ' });
  expect(stepOf(again, 'each').items).toEqual({ total: 1_400, done: 1_400, cached: 1_400, failed: 0 });
}, 180_000);
