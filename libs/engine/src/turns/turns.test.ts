import { TURN } from '@cairn/pipeline';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { openRun } from '../runs/open-run.js';
import { Reconciler } from '../runs/reconciler.js';
import { settleRun } from '../runs/settle-run.js';
import { handMadeRun } from '../testing/hand-made-run.js';
import { silent, startTestEngine, TENANT, type TestEngine } from '../testing/test-engine.js';
import { tellTurns } from './tell-turns.js';

// Real: PostgreSQL. The test plays Temporal.
let it: TestEngine;
beforeAll(async () => void (it = await startTestEngine()));
afterAll(() => it.stop());
beforeEach(async () => {
  await it.reset();
  await it.dataSource.query('DELETE FROM "tenant"');
});

const NO_LIMITS = { maxRunningRuns: null, maxStoredBytes: null, maxBodyBytes: null, maxUploadBytes: null };
const limit = async (maxRunningRuns: number | null, tenantId = TENANT) => {
  const settings = { ...NO_LIMITS, name: tenantId, maxRunningRuns };
  if (!(await it.records.tenants.insertTenant(tenantId, settings)))
    await it.records.tenants.putSettings(tenantId, settings);
};
const newRuns = async (count: number, tenantId = TENANT) => {
  const runs = [];
  for (let at = 0; at < count; at++) runs.push(await it.newRun(tenantId));
  return runs;
};
const open = async (runId: string, tenantId = TENANT) =>
  (await openRun(it.engine, { tenantId, runId })).waits ?? false;
const status = async (runId: string, tenantId = TENANT) =>
  (await it.records.runs.getRun(tenantId, runId))!.status;
const end = (runId: string, gave?: () => void) =>
  settleRun(it.dataSource, { tenantId: TENANT, runId }, { status: 'failed', code: 'TEST' }, gave);
const tell = async () => {
  it.control.wakes.length = 0;
  await tellTurns(it);
  return [...it.control.wakes].sort();
};
const turnOf = (run: { id: string }) => `run-${run.id}/${TURN}`;

test('without a limit nobody waits', async () => {
  const [one, two] = await newRuns(2);
  expect([await open(one!.id), await open(two!.id)]).toEqual([false, false]);
  await limit(null);
  const [three] = await newRuns(1);
  expect(await open(three!.id)).toBe(false);
});

test('as many run at once as the tenant may, and the oldest has the next turn', async () => {
  await limit(2);
  const runs = await newRuns(5);
  const [first, second, third, fourth, fifth] = runs.map(run => run.id) as [
    string,
    string,
    string,
    string,
    string,
  ];
  // In another order than they were made: the oldest two have their turn all the same.
  expect(await open(fifth)).toBe(true);
  expect([await open(third), await open(second), await open(first), await open(fourth)]).toEqual([
    true,
    false,
    false,
    true,
  ]);
  expect(await it.records.turns.countTurns(TENANT)).toEqual({ running: 2, waiting: 3 });
  let gave = 0;
  await end(second, () => (gave += 1));
  expect([gave, await status(third), await tell()]).toEqual([1, 'queued', [turnOf(runs[2]!)]]);
  // Told until it has begun, as whoever tells may die.
  expect(await tell()).toEqual([turnOf(runs[2]!)]);
  expect([await open(third), await status(third), await tell()]).toEqual([false, 'running', []]);
  // Asked again it is as it was.
  expect([await open(fourth), await open(third)]).toEqual([true, false]);
});

test('a run that waits can be cancelled, and gives its turn back when it had one', async () => {
  await limit(1);
  const [first, second, third] = await newRuns(3);
  await open(first!.id);
  await open(second!.id);
  await open(third!.id);
  const cancel = (runId: string) =>
    settleRun(it.dataSource, { tenantId: TENANT, runId }, { status: 'cancelled', code: 'CANCELLED' });
  await end(first!.id);
  expect(await tell()).toEqual([turnOf(second!)]);
  await cancel(second!.id);
  expect(await tell()).toEqual([turnOf(third!)]);
});

test('a child runs along with its parent, however many run', async () => {
  await limit(1);
  const parent = await handMadeRun(it, []);
  const child = (await it.service.create(TENANT, { workflow: 'toy.echo', trigger: { text: 'child' } })).run;
  await it.dataSource.query('UPDATE "run" SET "parentRunId" = $2 WHERE "id" = $1', [child.id, parent.id]);
  expect(await open(child.id)).toBe(false);
  const [next] = await newRuns(1);
  await end(child.id);
  expect([await open(next!.id), await tell()]).toEqual([true, []]);
  await end(parent.id);
  expect(await tell()).toEqual([turnOf(next!)]);
});

test("one tenant's limit is not another's", async () => {
  await limit(1);
  const [first, second] = await newRuns(2);
  const [theirs, alsoTheirs] = await newRuns(2, 'other');
  expect([await open(first!.id), await open(second!.id)]).toEqual([false, true]);
  expect([await open(theirs!.id, 'other'), await open(alsoTheirs!.id, 'other')]).toEqual([false, false]);
});

test.each([
  ['raised', 3, [1, 2]],
  ['taken away', null, [1, 2, 3]],
])('when the limit is %s those who wait go on', async (_how, most, expected) => {
  await limit(1);
  const runs = await newRuns(4);
  for (const run of runs) await open(run.id);
  await limit(most);
  expect(await tell()).toEqual(expected.map(at => turnOf(runs[at]!)).sort());
});

test('runs that end at the same time give each turn once, and no two runs get the same', async () => {
  await limit(4);
  const runs = await newRuns(16);
  const waits = await Promise.all(runs.map(run => open(run.id)));
  // Some that asked at once were left out because their row was held: they have their turn a moment later.
  await tell();
  expect((await it.records.turns.countTurns(TENANT)).running).toBe(4);
  for (const run of runs) await open(run.id);
  const running = async () =>
    (await Promise.all(runs.map(async run => ((await status(run.id)) === 'running' ? [run] : [])))).flat();
  for (let left = 16; left > 0;) {
    const now = await running();
    expect(now).toHaveLength(Math.min(4, left));
    await Promise.all(now.map(run => end(run.id)));
    left -= now.length;
    await tell();
    await Promise.all(runs.map(run => open(run.id)));
    await tell();
    await Promise.all(runs.map(run => open(run.id)));
  }
  expect(waits.filter(Boolean).length).toBeGreaterThanOrEqual(12);
}, 60_000);

test('the reconciler does not start a run again that waits for its turn', async () => {
  await limit(1);
  const [first, second] = await newRuns(2);
  await open(first!.id);
  await open(second!.id);
  it.control.started.length = 0;
  const parts = { dataSource: it.dataSource, control: it.control, log: silent };
  await new Reconciler(parts, { startAfterMs: 0, checkEveryMs: 0 }).tick();
  expect(it.control.started).toEqual([]);
});
