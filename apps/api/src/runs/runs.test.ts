import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { CairnApiError, createCairnClient, type CairnClient } from '@cairn/client';
import { repositories } from '@cairn/dao';
import { Client, Connection } from '@temporalio/client';
import {
  campaignRequest,
  checkedFetch,
  startTestApi,
  startTestTemporal,
  type TestApi,
  type TestTemporal,
} from '../testing/index.js';

// Real: PostgreSQL, HTTP, Temporal. There is no worker, so runs stay where their start has put them.
let temporal: TestTemporal;
let api: TestApi;
let cairn: CairnClient;
let connection: Connection;
let workflows: Client['workflow'];
beforeAll(async () => {
  temporal = await startTestTemporal();
  api = await startTestApi({ temporalAddress: temporal.address });
  cairn = createCairnClient({ baseUrl: api.url, fetch: checkedFetch });
  connection = await Connection.connect({ address: temporal.address });
  workflows = new Client({ connection }).workflow;
}, 60_000);
afterAll(async () => {
  await connection?.close();
  await api?.stop();
  await temporal?.stop();
});

const refusal = (call: Promise<unknown>) =>
  call.then(
    () => 'answered',
    (error: unknown) => (error instanceof CairnApiError ? `${error.status} ${error.code}` : error),
  );

test('a run is accepted, recorded, and started in Temporal under its name', async () => {
  const response = await api.post('/v1/runs', campaignRequest({ campaign_id: 'first' }));
  const run = (await response.json()) as Awaited<ReturnType<CairnClient['getRun']>>;
  expect(response.status).toBe(202);
  expect(response.headers.get('location')).toBe(`/v1/runs/${run.id}`);
  expect(response.headers.get('idempotency-replayed')).toBe(null);
  expect(run).toMatchObject({
    workflowName: 'campaign.build',
    workflowVersion: '1.0.0',
    status: 'queued',
    temporalWorkflowId: `run-${run.id}`,
    rootRunId: run.id,
  });
  expect(run.trigger['campaign_id']).toBe('first');
  const { graph } = await cairn.getWorkflow('campaign.build');
  expect(run.steps.map(({ stepId, status }) => [stepId, status])).toEqual(
    graph.steps.map(({ id }) => [id, 'pending']),
  );
  // That Temporal took it is noted after the answer was read.
  expect(await cairn.getRun(run.id)).toEqual({ ...run, updatedAt: expect.any(String) });

  const started = await workflows.getHandle(`run-${run.id}`).describe();
  expect([started.type, started.taskQueue, started.status.name]).toEqual([
    'campaign.build',
    api.taskQueue,
    'RUNNING',
  ]);
  expect(
    Object.fromEntries(started.typedSearchAttributes.getAll().map(({ key, value }) => [key.name, value])),
  ).toEqual(expect.objectContaining({ CairnTenant: 'local', CairnRunId: run.id }));
});

test('the same key and body answer with the same run, even asked at once; another body is refused', async () => {
  const request = campaignRequest({ campaign_id: 'keyed' });
  const all = await Promise.all([1, 2, 3, 4].map(() => cairn.startRun(request, { idempotencyKey: 'key-1' })));
  expect(new Set(all.map(({ run }) => run.id)).size).toBe(1);
  expect(all.filter(({ replayed }) => !replayed).length).toBe(1);
  const again = await api.post('/v1/runs', request, { 'idempotency-key': 'key-1' });
  expect([again.status, again.headers.get('idempotency-replayed'), again.headers.get('location')]).toEqual([
    202,
    'true',
    `/v1/runs/${all[0]!.run.id}`,
  ]);
  const other = campaignRequest({ campaign_id: 'other' });
  expect(await refusal(cairn.startRun(other, { idempotencyKey: 'key-1' }))).toBe(
    '422 IDEMPOTENCY_KEY_REUSED',
  );
  const { items } = await cairn.listRuns({ limit: 200 });
  expect(items.map(run => run.trigger['campaign_id'])).not.toContain('other');
});

test('lists are newest first, by pages without gap or repetition, and filtered', async () => {
  for (const campaign_id of ['page-1', 'page-2', 'page-3'])
    await cairn.startRun(campaignRequest({ campaign_id }));
  const whole = (await cairn.listRuns({ limit: 200 })).items.map(({ id }) => id);
  const paged: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await cairn.listRuns({ limit: 2, cursor });
    expect(page.items.length).toBeLessThanOrEqual(2);
    paged.push(...page.items.map(({ id }) => id));
    cursor = page.nextCursor;
  } while (cursor !== undefined);
  expect(paged).toEqual(whole);
  expect((await cairn.listRuns({ limit: 3 })).items.map(run => run.trigger['campaign_id'])).toEqual([
    'page-3',
    'page-2',
    'page-1',
  ]);
  expect((await cairn.listRuns({ status: 'completed' })).items).toEqual([]);
  expect((await cairn.listRuns({ workflow: 'no.such' })).items).toEqual([]);
});

test("another tenant's run is as one that does not exist", async () => {
  const { run } = await cairn.startRun(campaignRequest());
  await api.dataSource.query(`UPDATE "run" SET "tenantId" = 'other' WHERE "id" = $1`, [run.id]);
  expect(await refusal(cairn.getRun(run.id))).toBe('404 NOT_FOUND');
  expect(await refusal(cairn.cancelRun(run.id))).toBe('404 NOT_FOUND');
  expect(await refusal(cairn.listRunArtifacts(run.id))).toBe('404 NOT_FOUND');
  expect((await cairn.listRuns({ limit: 200 })).items.map(({ id }) => id)).not.toContain(run.id);
  expect((await workflows.getHandle(`run-${run.id}`).describe()).status.name).toBe('RUNNING');
});

test('cancelling asks Temporal, and asking twice is as asking once', async () => {
  const { run } = await cairn.startRun(campaignRequest());
  expect((await cairn.cancelRun(run.id)).id).toBe(run.id);
  await cairn.cancelRun(run.id);
  const history = await workflows.getHandle(`run-${run.id}`).fetchHistory();
  const asked = history.events?.filter(event => event.workflowExecutionCancelRequestedEventAttributes);
  expect(asked?.length).toBe(1);
});

test('a run whose workflow an operator terminates ends', async () => {
  const { run } = await cairn.startRun(campaignRequest());
  await repositories(api.dataSource).runs.markRunning('local', run.id);
  await workflows.getHandle(`run-${run.id}`).terminate('by an operator');
  const ended = await cairn.waitForRun(run.id, { deadlineMs: 30_000 });
  expect([ended.status, ended.errorCode]).toEqual(['failed', 'TERMINATED']);
  expect(new Set(ended.steps.map(({ status, reason }) => `${status} ${reason}`))).toEqual(
    new Set(['skipped blocked']),
  );
  expect(await refusal(cairn.cancelRun(run.id))).toBe('answered');
}, 60_000);
