import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { createCairnClient, type CairnClient } from '@cairn/client';
import { repositories } from '@cairn/dao';
import { digestOf, newCacheEntry } from '@cairn/dao/testing';
import { checkedFetch, sequenced, startTestApi, type TestApi } from '../testing/index.js';

// Real: PostgreSQL, HTTP. The entries are put there by the test.
let api: TestApi;
let cairn: CairnClient;
beforeAll(async () => {
  api = await startTestApi();
  cairn = createCairnClient({ baseUrl: api.url, fetch: checkedFetch });
});
afterAll(() => api.stop());
beforeEach(() => api.dataSource.query('TRUNCATE "step_cache", "event"'));

/** Five results, the first of which is the oldest, and one of another tenant. */
const RUN = randomUUID();
const at = (minute: number) => new Date(Date.UTC(2026, 0, 1, 12, minute)).toISOString();
async function fill(): Promise<void> {
  const { cache } = repositories(api.dataSource);
  const entries = [
    { skillId: 'generate_bgm', stepId: 'bgm', workflowName: 'campaign.build', durationMs: 4_000 },
    { skillId: 'generate_bgm', stepId: 'bgm', workflowName: 'campaign.other', durationMs: 5_000 },
    { skillId: 'render_video', stepId: 'intro', workflowName: 'campaign.build' },
    {
      skillId: 'render_video',
      stepId: 'outro',
      workflowName: 'campaign.build',
      ttlMs: 1,
      digests: [digestOf('9')],
    },
    { skillId: 'render_video', stepId: 'outro', workflowName: 'campaign.build', scope: 'run_only' as const },
    { skillId: 'generate_bgm', stepId: 'bgm', workflowName: 'campaign.build', tenantId: 'other' },
  ];
  for (const [index, entry] of entries.entries()) {
    const cacheKey = digestOf(String(index));
    await cache.putEntry(newCacheEntry({ tenantId: 'local', runId: RUN, ...entry, cacheKey }));
    await api.dataSource.query('UPDATE "step_cache" SET "createdAt" = $1 WHERE "cacheKey" = $2', [
      at(index),
      cacheKey,
    ]);
  }
  await cache.recordHits('local', new Map([[digestOf('0'), 3]]));
}
/** The digits of the keys that are there, of all tenants. */
const left = async () => {
  const rows = await api.dataSource.query<{ cacheKey: string }[]>(
    'SELECT "cacheKey" FROM "step_cache" ORDER BY "cacheKey"',
  );
  return rows.map(({ cacheKey }) => cacheKey.at(-1)).join('');
};
const digits = (entries: readonly { cacheKey: string }[]) =>
  entries.map(({ cacheKey }) => cacheKey.at(-1)).join('');
const problem = async (response: Response) => {
  const { code, errors = [] } = (await response.json()) as { code: string; errors?: { path: string }[] };
  return [response.status, code, ...errors.map(({ path }) => path)];
};

describe('what the cache keeps', () => {
  beforeEach(fill);

  test('is listed newest first, with what an entry has saved', async () => {
    const { items } = await cairn.listCacheEntries();
    expect(digits(items)).toBe('43210');
    expect(items.at(-1)).toEqual({
      cacheKey: digestOf('0'),
      skillId: 'generate_bgm',
      workflowName: 'campaign.build',
      stepId: 'bgm',
      runId: RUN,
      scope: 'global',
      inputHash: digestOf('2'),
      hitCount: 3,
      lastHitAt: expect.any(String),
      durationMs: 4_000,
      savedMs: 12_000,
      digests: [],
      createdAt: at(0),
    });
    expect(items[1]).toMatchObject({ digests: [digestOf('9')], savedMs: 0, expiresAt: expect.any(String) });
    expect(items[0]!.scope).toBe('run_only');
  });

  test('is paged', async () => {
    let seen = '';
    let cursor: string | undefined;
    do {
      const page = await cairn.listCacheEntries({ limit: 2, cursor });
      seen += `${digits(page.items)} `;
      cursor = page.nextCursor;
    } while (cursor !== undefined);
    expect(seen).toBe('43 21 0 ');
  });

  test.each<[object, string]>([
    [{ skillId: 'generate_bgm' }, '10'],
    [{ skillId: 'generate_bgm', workflowName: 'campaign.build' }, '0'],
    [{ stepId: 'outro' }, '43'],
    [{ cacheKey: digestOf('2') }, '2'],
    [{ cacheKey: digestOf('5') }, ''],
    [{ createdAfter: at(3) }, '43'],
    [{ createdBefore: at(3) }, '210'],
    [{ createdAfter: '2026-01-01T13:01:00+01:00', createdBefore: at(3), stepId: 'bgm' }, '1'],
  ])('is found by %j', async (filter, found) => {
    expect(digits((await cairn.listCacheEntries(filter)).items)).toBe(found);
  });
});

describe('an eviction', () => {
  beforeEach(fill);

  test.each<[object, string, string]>([
    [{ skillId: 'generate_bgm' }, '10', '2345'],
    [{ workflowName: 'campaign.build' }, '4320', '15'],
    [{ stepId: 'outro', skillId: 'render_video' }, '43', '0125'],
    [{ stepId: 'outro', skillId: 'generate_bgm' }, '', '012345'],
    [{ cacheKeys: [digestOf('1'), digestOf('4'), digestOf('5'), digestOf('8')] }, '41', '0235'],
    [{ createdBefore: at(2) }, '10', '2345'],
    [{ createdAfter: at(2), skillId: 'render_video' }, '432', '015'],
    [{ all: true }, '43210', '5'],
  ])('%j takes out %s', async (filter, evicted, kept) => {
    const dry = await cairn.evictCacheEntries({ ...filter, dryRun: true });
    expect([dry.dryRun, dry.evicted, digits(dry.entries), await left()]).toEqual([
      true,
      evicted.length,
      evicted,
      '012345',
    ]);
    const done = await cairn.evictCacheEntries(filter);
    expect(done).toEqual({ ...dry, dryRun: false });
    expect(await left()).toBe(kept);
    await sequenced(api.dataSource);
    const { items } = await cairn.listEvents();
    expect(items.map(({ type, data }) => [type, data['evicted']])).toEqual(
      evicted ? [['cache.evicted', evicted.length]] : [],
    );
  });

  test.each<[unknown, string[]]>([
    [{}, ['']],
    [{ dryRun: true }, ['']],
    [{ all: true, skillId: 'generate_bgm' }, ['/all']],
    [{ all: false }, ['/all']],
    [{ skillId: '' }, ['/skillId']],
    [{ cacheKeys: [] }, ['/cacheKeys']],
    [{ cacheKeys: ['sha256:0'] }, ['/cacheKeys/0']],
    [{ createdBefore: 'yesterday' }, ['/createdBefore']],
    [{ createdBefore: '2026-01-01' }, ['/createdBefore']],
    [{ createdAfter: '2016-12-31T23:59:60Z' }, ['/createdAfter']],
    [{ everything: true }, ['/everything']],
    [[], ['']],
  ])('%j is refused and takes nothing out', async (body, paths) => {
    const response = await api.post('/v1/cache/evictions', body);
    expect(await problem(response)).toEqual([400, 'VALIDATION_ERROR', ...paths]);
    expect(await left()).toBe('012345');
  });

  test('is not for a page of another origin', async () => {
    const headers = { origin: 'https://evil.example' };
    const response = await api.post('/v1/cache/evictions', { all: true }, headers);
    expect(await problem(response)).toEqual([403, 'FORBIDDEN_ORIGIN']);
    expect(await left()).toBe('012345');
  });
});

test('an eviction of many names the newest 100, and counts them all', async () => {
  await api.dataSource.query(
    `INSERT INTO "step_cache" ("id", "tenantId", "cacheKey", "workflowName", "stepId", "skillId", "runId", "inputHash",
                               "outputs", "scope", "createdAt", "claimedAt")
     SELECT gen_random_uuid(), 'local', 'sha256:' || lpad(n::text, 64, '0'), 'w', 's', 'many', gen_random_uuid(), 'h',
            '{}', 'global', '2026-01-01T00:00:00Z'::timestamptz + n * interval '1 second', now()
       FROM generate_series(1, 1000) AS n`,
  );
  const { evicted, entries } = await cairn.evictCacheEntries({ skillId: 'many' });
  expect([evicted, entries.length]).toEqual([1000, 100]);
  expect([entries[0]!.cacheKey, entries[99]!.cacheKey].map(key => Number(key.slice(7)))).toEqual([1000, 901]);
  expect(await left()).toBe('');
});

test.each([
  ['/v1/cache/entries?createdBefore=x', '/createdBefore'],
  ['/v1/cache/entries?cacheKey=x', '/cacheKey'],
  ['/v1/cache/entries?skill=x', '/skill'],
  ['/v1/cache/entries?limit=201', '/limit'],
  ['/v1/cache/entries?cursor=x', '/cursor'],
])('%s is refused', async (path, at) => {
  expect(await problem(await api.get(path))).toEqual([400, 'VALIDATION_ERROR', at]);
});
