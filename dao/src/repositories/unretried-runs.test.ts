import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { TerminalRunStatus } from '../entities/status.js';
import { createMigratedTestDatabase, newRun } from '../testing/index.js';
import { type Repositories, repositories, transaction } from './index.js';
import type { NewRun } from './run.repository.js';
import type { UnretriedFilter } from './unretried-runs.js';

let database: Awaited<ReturnType<typeof createMigratedTestDatabase>>;
let db: Repositories;
beforeAll(async () => {
  database = await createMigratedTestDatabase();
  db = repositories(database.dataSource);
});
afterAll(() => database.drop());
beforeEach(() => database.dataSource.query('TRUNCATE "run" CASCADE'));

/** A run that has ended, made on a day of 2026. */
async function ended(status: TerminalRunStatus, day: string, more: Partial<NewRun> = {}, errorCode?: string) {
  const run = newRun(more);
  await db.runs.insertRun(run);
  await db.runs.markRunning(run.tenantId, run.id);
  await db.runs.finishRun(run.tenantId, run.id, { status, errorCode });
  await database.dataSource.query('UPDATE "run" SET "createdAt" = $2 WHERE "id" = $1', [
    run.id,
    `2026-${day}T00:00:00Z`,
  ]);
  return run.id;
}
const find = async (filter: UnretriedFilter = {}, show = 100) => db.unretriedRuns.find('acme', filter, show);

test('finds what has failed or was cancelled and nobody has retried, the oldest first', async () => {
  const late = await ended('failed', '03-03');
  const early = await ended('cancelled', '01-01');
  await ended('completed', '01-02');
  await db.runs.insertRun(newRun());
  await ended('failed', '01-03', { tenantId: 'other' });
  await ended('failed', '01-04', { parentRunId: late });
  expect(await find()).toEqual({ total: 2, oldest: [early, late] });
  expect(await find({}, 1)).toEqual({ total: 2, oldest: [early] });

  const retry = await ended('failed', '04-04', { retryOfRunId: early });
  expect(await find()).toEqual({ total: 2, oldest: [late, retry] });
});

test.each<[UnretriedFilter, number]>([
  [{ workflowName: 'toy.one' }, 1],
  [{ status: 'cancelled' }, 1],
  [{ errorCode: 'AWAY' }, 1],
  [{ createdAfter: new Date('2026-02-01') }, 2],
  [{ createdBefore: new Date('2026-02-01') }, 1],
  [{ status: 'failed', errorCode: 'AWAY', workflowName: 'toy.one' }, 0],
])('filters by %j', async (filter, total) => {
  await ended('failed', '01-31', { workflowName: 'toy.one' });
  await ended('failed', '02-01', {}, 'AWAY');
  await ended('cancelled', '02-02');
  expect((await find(filter)).total).toBe(total);
});

test('gives a run to one who retries it', async () => {
  const run = await ended('failed', '01-01');
  const retried: string[] = [];
  const retry = (name: string) =>
    transaction(database.dataSource, async tx => {
      if (!(await tx.unretriedRuns.lock('acme', run))) return;
      await tx.runs.insertRun(newRun({ retryOfRunId: run }));
      retried.push(name);
    });
  await Promise.all([retry('one'), retry('two'), retry('three')]);
  expect(retried).toHaveLength(1);
  expect(await transaction(database.dataSource, tx => tx.unretriedRuns.lock('other', run))).toBe(false);
});
