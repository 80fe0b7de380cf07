import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { CairnApiError, createCairnClient, type CairnClient, type Run } from '@cairn/client';
import { settleRun } from '@cairn/engine';
import {
  campaignRequest,
  campaignTrigger,
  checkedFetch,
  startTestApi,
  type TestApi,
} from '../testing/index.js';

// Real: PostgreSQL, HTTP, the shipped catalog; every answer is held against openapi.json. Temporal is away.
let api: TestApi;
let cairn: CairnClient;
beforeAll(async () => {
  api = await startTestApi();
  cairn = createCairnClient({ baseUrl: api.url, fetch: checkedFetch });
});
afterAll(() => api.stop());

async function ended(status: 'failed' | 'cancelled', code = 'AWAY'): Promise<Run> {
  const { run } = await cairn.startRun(campaignRequest());
  await settleRun(
    api.dataSource,
    { tenantId: 'local', runId: run.id },
    { status, code, message: 'it ended' },
  );
  return cairn.getRun(run.id);
}
const refusal = (call: Promise<unknown>) =>
  call.then(
    () => 'answered',
    (error: unknown) =>
      error instanceof CairnApiError
        ? [`${error.status} ${error.code}`, ...error.errors.map(({ path }) => path)].join(' ')
        : error,
  );

test('a retry is accepted like a start, once for its key', async () => {
  const failed = await ended('failed');
  const headers = { 'idempotency-key': 'again' };
  const [first, second] = await Promise.all(
    [1, 2].map(() => api.get(`/v1/runs/${failed.id}/retry`, { method: 'POST', headers })),
  );
  const runs = (await Promise.all([first!.json(), second!.json()])) as Run[];
  expect([first!.status, second!.status, new Set(runs.map(({ id }) => id)).size]).toEqual([202, 202, 1]);
  expect(first!.headers.get('location')).toBe(`/v1/runs/${runs[0]!.id}`);
  expect(runs[0]).toMatchObject({ status: 'queued', retryOfRunId: failed.id, trigger: failed.trigger });
  expect((await cairn.retryRun(failed.id, { idempotencyKey: 'again' })).replayed).toBe(true);
  expect(await refusal(cairn.retryRun(runs[0]!.id))).toBe('409 RUN_NOT_RETRYABLE');
  expect(await refusal(cairn.forkRun(failed.id, { from: 'bgm' }, { idempotencyKey: 'again' }))).toBe(
    '422 IDEMPOTENCY_KEY_REUSED',
  );
});

test('a fork shows from where it goes on, and what is edited', async () => {
  const failed = await ended('cancelled');
  const input = { config: { copy: { win_message: 'Otherwise' } } };
  const { run } = await cairn.forkRun(failed.id, {
    from: 'game_bundle',
    input,
    trigger: campaignTrigger({ campaign_id: 'forked' }),
  });
  expect(run).toMatchObject({
    forkOfRunId: failed.id,
    forkFromStepId: 'game_bundle',
    inputEdits: { game_bundle: input },
    trigger: { campaign_id: 'forked' },
  });
  expect((await cairn.listRuns({ limit: 1 })).items[0]!.forkFromStepId).toBe('game_bundle');
});

test.each<[string, object, string]>([
  ['no step', {}, '400 VALIDATION_ERROR /from'],
  ['an unknown step', { from: 'nowhere' }, '400 VALIDATION_ERROR /from'],
  ['a field that is none', { from: 'bgm', options: {} }, '400 VALIDATION_ERROR /options'],
  ['an input that is no object', { from: 'bgm', input: [] }, '400 VALIDATION_ERROR /input'],
  [
    'an input with __proto__',
    JSON.parse('{"from":"bgm","input":{"__proto__":1}}') as object,
    '400 VALIDATION_ERROR /input/__proto__',
  ],
  ['a bad trigger', { from: 'bgm', trigger: campaignTrigger({ nope: 1 }) }, '400 VALIDATION_ERROR /nope'],
])('a fork with %s is refused', async (_what, request, expected) => {
  const failed = await ended('failed');
  const body = request as Parameters<CairnClient['forkRun']>[1];
  expect(await refusal(cairn.forkRun(failed.id, body))).toBe(expected);
});

test('many are retried by filter; a dry run names them, and a second request finds nothing', async () => {
  const failed = await ended('failed', 'MANY');
  const filter = { workflow: 'campaign.build', status: 'failed', errorCode: 'MANY' } as const;
  expect(await cairn.retryRuns({ ...filter, dryRun: true })).toEqual({
    dryRun: true,
    matched: 1,
    retried: [{ runId: failed.id }],
    refused: [],
  });
  const { retried } = await cairn.retryRuns(filter);
  const retry = await cairn.getRun(retried[0]!.newRunId!);
  expect(retry.retryOfRunId).toBe(failed.id);
  expect((await cairn.retryRuns(filter)).matched).toBe(0);
});

test.each<[object, string]>([
  [{}, '400 VALIDATION_ERROR '],
  [{ all: true, status: 'failed' }, '400 VALIDATION_ERROR /all'],
  [{ all: true, limit: 101 }, '400 VALIDATION_ERROR /limit'],
  [{ status: 'completed' }, '400 VALIDATION_ERROR /status'],
  [{ createdAfter: 'yesterday' }, '400 VALIDATION_ERROR /createdAfter'],
])('a bulk retry of %j is refused', async (request, expected) => {
  expect(await refusal(cairn.retryRuns(request))).toBe(expected);
});
