import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { StepCache } from '../entities/step-cache.entity.js';
import { newId } from '../ids.js';
import { createMigratedTestDatabase, digestOf, newCacheEntry } from '../testing/index.js';
import { type Repositories, repositories, transaction } from './index.js';

let database: Awaited<ReturnType<typeof createMigratedTestDatabase>>;
let db: Repositories;

beforeAll(async () => {
  database = await createMigratedTestDatabase();
  db = repositories(database.dataSource);
});

afterAll(() => database.drop());

beforeEach(() => database.dataSource.query('TRUNCATE "step_cache"'));

const A = digestOf('a');
const B = digestOf('b');
const C = digestOf('c');

async function live(...keys: string[]): Promise<string[]> {
  return (await db.cache.findLive('acme', keys)).map(entry => entry.cacheKey).sort();
}

function existing(cacheKey: string): Promise<StepCache> {
  return database.dataSource.manager.findOneByOrFail(StepCache, { cacheKey });
}

test('an entry comes back as it was written', async () => {
  const claimedAt = new Date('2026-01-01T00:00:00Z');
  const entry = newCacheEntry({
    claimedAt,
    fullInput: { at: 'noon' },
    durationMs: 12,
    artifactIds: [newId(), newId()],
    outputs: { output: [1], artifacts: [{ type: 't' }] },
  });
  const id = await db.cache.putEntry(entry);
  const [{ createdAt, ...rest } = new StepCache()] = await db.cache.findLive('acme', [entry.cacheKey]);
  expect(rest).toEqual({ id, ...entry, hitCount: 0, lastHitAt: null, expiresAt: null });
  expect(createdAt).toBeInstanceOf(Date);
});

test('expiry is judged by the clock of the database', async () => {
  await db.cache.putEntry(newCacheEntry({ cacheKey: A, ttlMs: 3_600_000 }));
  await db.cache.putEntry(newCacheEntry({ cacheKey: B, ttlMs: 0 }));
  await db.cache.putEntry(newCacheEntry({ cacheKey: C }));
  expect(await live(A, B, C)).toEqual([A, C]);
  const { createdAt, expiresAt } = await existing(A);
  expect((expiresAt?.getTime() ?? 0) - createdAt.getTime()).toBe(3_600_000);
});

test('finds nothing of another tenant, and nothing for no keys', async () => {
  await db.cache.putEntry(newCacheEntry({ cacheKey: A }));
  expect(await db.cache.findLive('beta', [A])).toEqual([]);
  expect(await db.cache.findLive('acme', [])).toEqual([]);
});

describe('putEntry', () => {
  test('replaces the whole entry of its key', async () => {
    const first = await db.cache.putEntry(
      newCacheEntry({ ttlMs: 0, artifactIds: [newId()], outputs: 'old' }),
    );
    await db.cache.recordHits('acme', new Map([[digestOf('4'), 1]]));
    const entry = newCacheEntry({
      workflowName: 'w',
      stepId: 's',
      skillId: 'k',
      inputHash: 'i',
      outputs: 'new',
      scope: 'run_only',
    });
    const second = await db.cache.putEntry(entry);
    expect(second).not.toBe(first);
    expect(await database.dataSource.manager.count(StepCache)).toBe(1);
    expect(await existing(entry.cacheKey)).toMatchObject({
      ...entry,
      id: second,
      hitCount: 0,
      lastHitAt: null,
      expiresAt: null,
    });
  });

  test('leaves the entry of another tenant alone', async () => {
    await db.cache.putEntry(newCacheEntry({ cacheKey: A, outputs: 'theirs' }));
    const before = await existing(A);
    await expect(db.cache.putEntry(newCacheEntry({ cacheKey: A, tenantId: 'beta' }))).rejects.toThrow(
      `cache key ${A} belongs to another tenant`,
    );
    expect(await existing(A)).toEqual(before);
  });

  test('of many at the same time, one entry is left', async () => {
    const ids = await Promise.all([1, 2, 3, 4].map(outputs => db.cache.putEntry(newCacheEntry({ outputs }))));
    expect(await database.dataSource.manager.count(StepCache)).toBe(1);
    const { id, outputs } = await existing(digestOf('4'));
    expect(outputs).toBe(ids.indexOf(id) + 1);
  });
});

describe('recordHits', () => {
  test('counts each time a key is named', async () => {
    await db.cache.putEntry(newCacheEntry({ cacheKey: A }));
    await db.cache.putEntry(newCacheEntry({ cacheKey: B }));
    await db.cache.recordHits(
      'acme',
      new Map([
        [A, 2],
        [C, 1],
      ]),
    );
    await db.cache.recordHits('acme', new Map([[A, 1]]));
    await db.cache.recordHits('beta', new Map([[B, 1]]));
    await db.cache.recordHits('acme', new Map());
    const hit = await existing(A);
    expect(hit.hitCount).toBe(3);
    expect(hit.lastHitAt?.getTime()).toBeGreaterThanOrEqual(hit.createdAt.getTime());
    expect(await existing(B)).toMatchObject({ hitCount: 0, lastHitAt: null });
  });

  test('many at the same time in any order neither deadlock nor lose one', async () => {
    const keys = Array.from({ length: 16 }, (_, index) => digestOf(index.toString(16)));
    for (const cacheKey of keys) await db.cache.putEntry(newCacheEntry({ cacheKey }));
    await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        transaction(database.dataSource, tx =>
          tx.cache.recordHits(
            'acme',
            new Map((index % 2 === 0 ? keys : [...keys].reverse()).map(key => [key, 1])),
          ),
        ),
      ),
    );
    const entries = await db.cache.findLive('acme', keys);
    expect(entries.map(entry => entry.hitCount)).toEqual(keys.map(() => 20));
  });
});

test('deleteEntry deletes one of the tenant', async () => {
  await db.cache.putEntry(newCacheEntry({ cacheKey: A }));
  await db.cache.putEntry(newCacheEntry({ cacheKey: B }));
  expect(await db.cache.deleteEntry('beta', A)).toBe(false);
  expect(await db.cache.deleteEntry('acme', A)).toBe(true);
  expect(await db.cache.deleteEntry('acme', A)).toBe(false);
  expect(await live(A, B)).toEqual([B]);
});
