import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createCairnClient, type CairnClient } from '@cairn/client';
import { repositories } from '@cairn/dao';
import { campaignRequest, checkedFetch, startTestApi, type TestApi } from '../testing/index.js';

// Real: PostgreSQL, HTTP. The events are written by the test.
let api: TestApi;
let cairn: CairnClient;
let runId: string;
const deletedRun = randomUUID();
const healed = { cacheKey: 'k', before: [], after: [] };
const repaired = { digests: [] };
beforeAll(async () => {
  api = await startTestApi();
  cairn = createCairnClient({ baseUrl: api.url, fetch: checkedFetch });
  runId = (await cairn.startRun(campaignRequest())).run.id;
  const tenantId = 'local';
  await repositories(api.dataSource).events.append([
    { tenantId, type: 'cache.entry_healed', runId, stepId: 'bgm', attempt: 1, data: healed },
    { tenantId, type: 'cache.evicted', data: { evicted: 1, filter: {} } },
    { tenantId, type: 'cache.entry_healed', runId, stepId: 'sfx', attempt: 2, data: healed },
    { tenantId, type: 'artifact.repaired', runId, stepId: 'bgm', data: repaired },
    { tenantId, type: 'artifact.repaired', runId: deletedRun, stepId: 'bgm', data: repaired },
    { tenantId: 'other', type: 'artifact.repaired', runId, stepId: 'theirs', data: repaired },
  ]);
});
afterAll(() => api.stop());

const short = (items: readonly { type: string; runId?: string; stepId?: string }[]) =>
  items.map(({ type, stepId = '-' }) => `${type} ${stepId}`);
const REPAIRED = 'artifact.repaired bgm';
const ALL = [REPAIRED, REPAIRED, 'cache.entry_healed sfx', 'cache.evicted -', 'cache.entry_healed bgm'];

test('events are newest first, with what they tell', async () => {
  const { items } = await cairn.listEvents();
  expect(short(items)).toEqual(ALL);
  expect(items[4]).toEqual({
    id: expect.any(String),
    type: 'cache.entry_healed',
    runId,
    stepId: 'bgm',
    attempt: 1,
    data: healed,
    createdAt: expect.any(String),
  });
  expect(Object.keys(items[3]!).sort()).toEqual(['createdAt', 'data', 'id', 'type']);
});

test('events come by pages', async () => {
  const seen: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await cairn.listEvents({ limit: 2, cursor });
    seen.push(...short(page.items));
    cursor = page.nextCursor;
  } while (cursor !== undefined);
  expect(seen).toEqual(ALL);
});

test('events are found by run and by type', async () => {
  const ofRun = [REPAIRED, 'cache.entry_healed sfx', 'cache.entry_healed bgm'];
  expect(short((await cairn.listEvents({ runId })).items)).toEqual(ofRun);
  expect(short((await cairn.listRunEvents(runId)).items)).toEqual(ofRun);
  expect(short((await cairn.listEvents({ type: 'cache.evicted' })).items)).toEqual(['cache.evicted -']);
  expect(short((await cairn.listRunEvents(runId, { type: 'artifact.repaired' })).items)).toEqual([REPAIRED]);
  expect(short((await cairn.listEvents({ runId, type: 'cache.entry_healed' })).items)).toEqual(
    ofRun.slice(1),
  );
});

test("a deleted run's events stay, but not under the run", async () => {
  expect(short((await cairn.listEvents({ runId: deletedRun })).items)).toEqual([REPAIRED]);
  await expect(cairn.listRunEvents(deletedRun)).rejects.toMatchObject({ status: 404, code: 'NOT_FOUND' });
});

test.each([
  ['/v1/events?type=Cache', '/type'],
  ['/v1/events?runId=x', '/runId'],
  ['/v1/events?limit=0', '/limit'],
  ['/v1/events?cursor=x', '/cursor'],
  ['/v1/events?stepId=bgm', '/stepId'],
  ['/v1/runs/x/events', '/id'],
])('%s is refused', async (path, at) => {
  const response = await api.get(path);
  const { errors } = (await response.json()) as { errors: { path: string }[] };
  expect([response.status, ...errors.map(error => error.path)]).toEqual([400, at]);
});
