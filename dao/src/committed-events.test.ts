import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { onCommittedEvents } from './committed-events.js';
import { poolState } from './pool-state.js';
import { takeCensus } from './repositories/census.js';
import { repositories, transaction } from './repositories/index.js';
import { createMigratedTestDatabase, newRun } from './testing/index.js';

let database: Awaited<ReturnType<typeof createMigratedTestDatabase>>;
beforeAll(async () => {
  database = await createMigratedTestDatabase();
});
afterAll(() => database.drop());

const evicted = (tenantId: string) => ({
  tenantId,
  type: 'cache.evicted' as const,
  data: { evicted: 1, filter: {} },
});

test('what is committed is told, and nothing else', async () => {
  const { dataSource } = database;
  const told: string[] = [];
  const end = onCommittedEvents(dataSource, events => told.push(...events.map(({ type }) => type)));
  await repositories(dataSource).runs.insertRun(newRun());
  expect(told).toEqual(['run.created']);
  await expect(
    transaction(dataSource, async tx => {
      await tx.events.append([evicted('acme')]);
      throw new Error('changed my mind');
    }),
  ).rejects.toThrow('changed my mind');
  expect(told).toEqual(['run.created']);
  await transaction(dataSource, async tx => {
    await tx.events.append([evicted('acme')]);
    expect(told).toEqual(['run.created']);
  });
  await repositories(dataSource).events.append([evicted('acme')]);
  expect(told).toEqual(['run.created', 'cache.evicted', 'cache.evicted']);
  end();
  await repositories(dataSource).events.append([evicted('acme')]);
  expect(told).toHaveLength(3);
});

test('the census counts what is under way, and gives up in time', async () => {
  const { dataSource } = database;
  const { runs } = repositories(dataSource);
  const before = await takeCensus(dataSource, 2_000);
  const run = newRun();
  await runs.insertRun(run);
  await runs.insertRun(newRun({ tenantId: 'other' }));
  await runs.markRunning(run.tenantId, run.id);
  expect(await takeCensus(dataSource, 2_000)).toEqual({
    ...before,
    runsRunning: 1,
    runsQueued: before.runsQueued + 1,
  });
  expect(before).toMatchObject({ claimsHeld: 0, claimsExpired: 0, stepsWaiting: 0, gatesOpen: 0 });
  const blocked = dataSource.createQueryRunner();
  await blocked.startTransaction();
  await blocked.query('LOCK TABLE "gate" IN ACCESS EXCLUSIVE MODE');
  await expect(takeCensus(dataSource, 50)).rejects.toThrow('statement timeout');
  expect(poolState(dataSource)).toMatchObject({ most: 5, waiting: 0 });
  await blocked.rollbackTransaction();
  await blocked.release();
});
