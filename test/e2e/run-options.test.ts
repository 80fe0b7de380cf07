import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import type { Run } from '@cairn/client';
import { startCairn, type Cairn } from '../support/cairn.js';
import { inconsistencies } from '../support/records.js';

let cairn: Cairn;
beforeAll(async () => void (cairn = await startCairn()), 90_000);
afterEach(async () => expect(await inconsistencies(cairn)).toEqual([]));
afterAll(() => cairn?.stop());

/** Runs toy.diamond to its end; gives the steps that were executed, in the order of their marks. */
async function run(name: string, options: object = {}): Promise<{ run: Run; executed: string[] }> {
  const before = cairn.executions().length;
  const { run } = await cairn.client.startRun({ workflow: 'toy.diamond', trigger: { name }, options });
  const ended = await cairn.client.waitForRun(run.id, { deadlineMs: 60_000 });
  expect(ended.status).toBe('completed');
  return { run: ended, executed: cairn.executions().slice(before).sort() };
}
const hits = ({ run }: { run: Run }) => run.steps.filter(step => step.cacheHit).map(({ stepId }) => stepId);
const ALL = ['first', 'last', 'left', 'right'];

test('refresh executes everything again, and what it gives is what later runs take', async () => {
  expect((await run('refreshed')).executed).toEqual(ALL);
  const refreshed = await run('refreshed', { refresh: true });
  expect(refreshed.executed).toEqual(ALL);
  expect(hits(refreshed)).toEqual([]);
  const later = await run('refreshed');
  expect(later.executed).toEqual([]);
  const entries = await cairn.dataSource.query<{ runId: string }[]>(
    `SELECT DISTINCT "runId" FROM "step_cache" WHERE "stepId" = 'first' AND "runId" = $1`,
    [refreshed.run.id],
  );
  expect(entries).toEqual([{ runId: refreshed.run.id }]);
}, 60_000);

test('refresh of named steps executes those', async () => {
  await run('partly');
  const partly = await run('partly', { refresh: ['left'] });
  expect(partly.executed).toEqual(['left']);
  expect(hits(partly).sort()).toEqual(['first', 'last', 'right']);
}, 60_000);

test('bypass neither reads nor writes the cache', async () => {
  const bypassing = await run('bypassed', { bypass: true });
  expect(bypassing.executed).toEqual(ALL);
  expect((await run('bypassed', { bypass: true })).executed).toEqual(ALL);
  expect((await run('bypassed')).executed).toEqual(ALL);
  expect((await run('bypassed', { bypass: true })).executed).toEqual(ALL);
  expect((await run('bypassed')).executed).toEqual([]);
}, 60_000);
