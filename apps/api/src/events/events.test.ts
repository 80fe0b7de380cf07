import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createCairnClient, type CairnClient } from '@cairn/client';
import { repositories } from '@cairn/dao';
import { campaignRequest, checkedFetch, sequenced, startTestApi, type TestApi } from '../testing/index.js';

// Real: PostgreSQL, HTTP, the sequencer of the API. The events are written by the test.
let api: TestApi;
let cairn: CairnClient;
let runId: string;
const deletedRun = randomUUID();
const digests: string[] = [];
beforeAll(async () => {
  api = await startTestApi();
  cairn = createCairnClient({ baseUrl: api.url, fetch: checkedFetch });
  runId = (await cairn.startRun(campaignRequest())).run.id;
  await sequenced(api.dataSource);
  await api.dataSource.query('TRUNCATE "event", "event_head"');
  const lost = { tenantId: 'local', type: 'artifact.lost', runId, data: { digests } } as const;
  const repaired = { ...lost, type: 'artifact.repaired', stepId: 'bgm' } as const;
  await repositories(api.dataSource).events.append([
    { ...lost, stepId: 'bgm', attempt: 1 },
    { tenantId: 'local', type: 'cache.evicted', data: { evicted: 1, filter: {} } },
    { ...lost, stepId: 'sfx', attempt: 2 },
    repaired,
    { ...repaired, runId: deletedRun },
    { ...repaired, tenantId: 'other', stepId: 'theirs' },
  ]);
  await sequenced(api.dataSource);
});
afterAll(() => api.stop());

const short = (items: readonly { type: string; stepid?: string }[]) =>
  items.map(({ type, stepid = '-' }) => `${type} ${stepid}`);
const REPAIRED = 'artifact.repaired bgm';
const ALL = [REPAIRED, REPAIRED, 'artifact.lost sfx', 'cache.evicted -', 'artifact.lost bgm'];

test('events are newest first, in the envelope of CloudEvents', async () => {
  const { items } = await cairn.listEvents();
  expect(short(items)).toEqual(ALL);
  const general = {
    specversion: '1.0',
    id: expect.stringMatching(/^[0-9a-f-]{36}$/),
    source: '/v1/tenants/local',
    time: expect.stringMatching(/^\d{4}-.*Z$/),
    datacontenttype: 'application/json',
    tenantid: 'local',
  };
  expect(items.slice(3)).toEqual([
    {
      ...general,
      type: 'cache.evicted',
      dataschema: 'urn:cairn:event:cache.evicted',
      position: 2,
      data: { evicted: 1, filter: {} },
    },
    {
      ...general,
      type: 'artifact.lost',
      dataschema: 'urn:cairn:event:artifact.lost',
      subject: `runs/${runId}/steps/bgm`,
      position: 1,
      runid: runId,
      stepid: 'bgm',
      attempt: 1,
      data: { digests },
    },
  ]);
});

test.each([
  { order: 'newest', expected: ALL },
  { order: 'oldest', expected: ALL.toReversed() },
] as const)('events come by pages, $order first', async ({ order, expected }) => {
  const seen: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await cairn.listEvents({ limit: 2, cursor, order });
    seen.push(...short(page.items));
    cursor = page.nextCursor;
  } while (cursor !== undefined);
  expect(seen).toEqual(expected);
});

test('events are found by run, by type and by position', async () => {
  const ofRun = [REPAIRED, 'artifact.lost sfx', 'artifact.lost bgm'];
  expect(short((await cairn.listEvents({ runId })).items)).toEqual(ofRun);
  expect(short((await cairn.listRunEvents(runId)).items)).toEqual(ofRun);
  expect(short((await cairn.listEvents({ type: 'cache.evicted' })).items)).toEqual(['cache.evicted -']);
  expect(short((await cairn.listRunEvents(runId, { type: 'artifact.repaired' })).items)).toEqual([REPAIRED]);
  expect(short((await cairn.listEvents({ runId, type: 'artifact.*' })).items)).toEqual(ofRun);
  expect(short((await cairn.listEvents({ type: 'cache.*,artifact.lost' })).items)).toEqual(ALL.slice(2));
  expect(short((await cairn.listEvents({ after: 3 })).items)).toEqual([REPAIRED, REPAIRED]);
  expect(short((await cairn.listEvents({ after: 3, order: 'oldest', limit: 1 })).items)).toEqual([REPAIRED]);
});

test("a deleted run's events stay, but not under the run", async () => {
  expect(short((await cairn.listEvents({ runId: deletedRun })).items)).toEqual([REPAIRED]);
  await expect(cairn.listRunEvents(deletedRun)).rejects.toMatchObject({ status: 404, code: 'NOT_FOUND' });
});

test.each([
  ['/v1/events?type=Cache', '/type'],
  ['/v1/events?type=cache.*,,run.*', '/type'],
  ['/v1/events?runId=x', '/runId'],
  ['/v1/events?limit=0', '/limit'],
  ['/v1/events?order=up', '/order'],
  ['/v1/events?after=-1', '/after'],
  ['/v1/events?after=1000000000000000', '/after'],
  ['/v1/events?cursor=x', '/cursor'],
  ['/v1/events?stepId=bgm', '/stepId'],
  ['/v1/runs/x/events', '/id'],
])('%s is refused', async (path, at) => {
  const response = await api.get(path);
  const { errors } = (await response.json()) as { errors: { path: string }[] };
  expect([response.status, ...errors.map(error => error.path)]).toEqual([400, at]);
});
