import { repositories } from '@cairn/dao';
import { createMigratedTestDatabase, digestOf, newCacheEntry } from '@cairn/dao/testing';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { HitCounter } from './hit-counter.js';

let database: Awaited<ReturnType<typeof createMigratedTestDatabase>>;
beforeAll(async () => void (database = await createMigratedTestDatabase()));
afterAll(() => database.drop());

test("a tenant's counts that cannot be written are kept, and those of the others are written", async () => {
  const { dataSource } = database;
  const { cache } = repositories(dataSource);
  const tenants = ['first', 'stuck', 'last'];
  const keys = new Map(tenants.map((tenantId, at) => [tenantId, digestOf(String(at))]));
  for (const [tenantId, cacheKey] of keys) await cache.putEntry(newCacheEntry({ tenantId, cacheKey }));
  const hits = () =>
    Promise.all([...keys].map(async ([tenant, key]) => (await cache.getEntry(tenant, key))!.hitCount));
  await dataSource.query(
    `ALTER TABLE "step_cache" ADD CONSTRAINT "stuck" CHECK ("tenantId" <> 'stuck' OR "hitCount" = 0)`,
  );
  const counter = new HitCounter(dataSource);
  for (const [tenantId, cacheKey] of keys) counter.count(tenantId, [cacheKey, cacheKey]);
  await expect(counter.flush()).rejects.toThrow('"stuck"');
  expect(await hits()).toEqual([2, 0, 2]);

  counter.count('stuck', [keys.get('stuck')!]);
  await dataSource.query('ALTER TABLE "step_cache" DROP CONSTRAINT "stuck"');
  await counter.flush();
  expect(await hits()).toEqual([2, 3, 2]);
  await counter.flush();
  expect(await hits()).toEqual([2, 3, 2]);
});
