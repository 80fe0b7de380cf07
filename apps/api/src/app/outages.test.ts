import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createCairnClient, type CairnClient } from '@cairn/client';
import { Client, Connection } from '@temporalio/client';
import {
  campaignRequest,
  checkedFetch,
  openGate,
  startTestApi,
  startTestTemporal,
  type TcpGate,
  type TestApi,
  type TestTemporal,
} from '../testing/index.js';

// Real: PostgreSQL and Temporal, each behind a port that can be shut: an outage at the wire.
let temporal: TestTemporal;
let temporalGate: TcpGate;
let databaseGate: TcpGate;
let api: TestApi;
let cairn: CairnClient;
beforeAll(async () => {
  temporal = await startTestTemporal();
  temporalGate = await openGate(temporal.address);
  const gateTo = async (url: string) => {
    databaseGate = await openGate(new URL(url).host);
    return Object.assign(new URL(url), { host: `127.0.0.1:${databaseGate.port}` }).href;
  };
  api = await startTestApi({
    temporalAddress: `127.0.0.1:${temporalGate.port}`,
    databaseUrl: gateTo,
  });
  cairn = createCairnClient({ baseUrl: api.url, fetch: checkedFetch });
}, 60_000);
afterAll(async () => {
  await api?.stop();
  await temporalGate?.shut();
  await databaseGate?.shut();
  await temporal?.stop();
});

/** How long a part may take to be back. Milliseconds. */
const DEADLINE = 25_000;

/** Asks until the answer is as wanted. @throws Error with the last answer when the deadline has passed */
async function until<T>(ask: () => Promise<T>, wanted: (answer: T) => boolean): Promise<T> {
  const end = performance.now() + DEADLINE;
  for (;;) {
    const answer = await ask();
    if (wanted(answer)) return answer;
    if (performance.now() > end)
      throw new Error(`Not within ${DEADLINE} ms; last: ${JSON.stringify(answer)}`);
    await delay(50);
  }
}

test('without Temporal a run is accepted at once, and starts when Temporal is back', async () => {
  await temporalGate.shut();
  const began = performance.now();
  const { run } = await cairn.startRun(campaignRequest({ campaign_id: 'accepted' }));
  expect(performance.now() - began).toBeLessThan(3_000);
  expect(run.status).toBe('queued');
  expect(await cairn.readiness()).toEqual({
    ...{ status: 'degraded', database: 'ok', temporal: 'unavailable', store: 'ok' },
  });

  await temporalGate.open();
  const connection = await Connection.connect({ address: temporal.address });
  try {
    const handle = new Client({ connection }).workflow.getHandle(run.temporalWorkflowId);
    const state = () =>
      handle.describe().then(
        ({ status }) => status.name,
        () => undefined,
      );
    expect(await until(state, name => name !== undefined)).toBe('RUNNING');
    expect(
      await until(
        () => cairn.readiness(),
        ({ status }) => status === 'ready',
      ),
    ).toEqual({
      status: 'ready',
      database: 'ok',
      temporal: 'ok',
      store: 'ok',
    });
  } finally {
    await connection.close();
  }
}, 60_000);

test('without Temporal a run that has not begun is cancelled at once', async () => {
  await temporalGate.shut();
  try {
    const { run } = await cairn.startRun(campaignRequest({ campaign_id: 'cancelled' }));
    const cancelled = await cairn.cancelRun(run.id);
    expect([cancelled.status, cancelled.errorCode]).toEqual(['cancelled', 'CANCELLED']);
  } finally {
    await temporalGate.open();
  }
}, 30_000);

test('without Temporal a run that is under way cannot be cancelled yet', async () => {
  // The outage before this one may not be over for the client yet.
  await until(
    () => cairn.readiness(),
    ({ status }) => status === 'ready',
  );
  const { run } = await cairn.startRun(campaignRequest({ campaign_id: 'under-way' }));
  await temporalGate.shut();
  try {
    const response = await api.post(`/v1/runs/${run.id}/cancel`);
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '1']);
    expect(((await response.json()) as { code: string }).code).toBe('TEMPORAL_UNAVAILABLE');
    expect((await cairn.getRun(run.id)).status).toBe('queued');
  } finally {
    await temporalGate.open();
  }
}, 30_000);

test('without PostgreSQL requests are refused for now, nothing is half done, and it recovers by itself', async () => {
  const before = (await cairn.listRuns({ limit: 200 })).items.length;
  await databaseGate.shut();
  for (const ask of [
    () => api.post('/v1/runs', campaignRequest({ campaign_id: 'refused' })),
    () => api.get('/v1/runs'),
  ]) {
    const response = await ask();
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '1']);
    expect(((await response.json()) as { code: string }).code).toBe('DATABASE_UNAVAILABLE');
  }
  const ready = await api.get('/readyz');
  expect([ready.status, ((await ready.json()) as { database: string }).database]).toEqual([
    503,
    'unavailable',
  ]);
  expect((await api.get('/livez')).status).toBe(200);

  await databaseGate.open();
  const { run } = await cairn.startRun(campaignRequest({ campaign_id: 'after' }));
  expect(run.status).toBe('queued');
  expect((await cairn.listRuns({ limit: 200 })).items.length).toBe(before + 1);
}, 30_000);

/** Workflows that Temporal has started for a schedule: the times of which they are, earliest first. */
async function withStarts(
  temporalScheduleId: string,
  look: (started: () => Promise<readonly number[]>) => Promise<void>,
): Promise<void> {
  const connection = await Connection.connect({ address: temporal.address });
  try {
    const query = `TemporalScheduledById = '${temporalScheduleId}'`;
    await look(async () => {
      const times: number[] = [];
      for await (const { searchAttributes } of new Client({ connection }).workflow.list({ query }))
        times.push(...(searchAttributes['TemporalScheduledStartTime'] ?? []).map(Number));
      return times.sort((a, b) => a - b);
    });
  } finally {
    await connection.close();
  }
}

/** The first times after an instant at which something is due each second. */
const secondsAfter = (instant: number, count: number) =>
  Array.from({ length: count }, (_, n) => (Math.ceil(instant / 1_000) + n) * 1_000);

test('a schedule that was made without Temporal makes up for what was due until Temporal was back', async () => {
  await temporalGate.shut();
  const { workflow, trigger } = campaignRequest();
  const made = await cairn.createSchedule({
    ...{ name: 'made-in-an-outage', workflow, trigger, every: '1s', overlap: 'allow_all' },
  });
  expect(made.synced).toBe(false);
  const created = Date.parse(made.createdAt);
  await until(
    async () => Date.now(),
    now => now > created + 3_000,
  );
  await temporalGate.open();
  await until(
    () => cairn.getSchedule(made.id),
    ({ synced }) => synced,
  );
  const known = Date.now();
  await cairn.deleteSchedule(made.id);
  await withStarts(made.temporalScheduleId, async started => {
    const due = secondsAfter(created, 3);
    const times = await until(started, list => due.every(at => list.includes(at)));
    expect(times.filter(at => at < known)).toEqual([...new Set(times)].filter(at => at < known));
  });
}, 60_000);

test('a schedule whose creation is long on its way loses nothing meanwhile', async () => {
  await until(
    () => cairn.readiness(),
    ({ status }) => status === 'ready',
  );
  temporalGate.slow(1_200);
  const { workflow, trigger } = campaignRequest();
  const made = await cairn.createSchedule({
    ...{ name: 'long-on-its-way', workflow, trigger, every: '1s', overlap: 'allow_all' },
  });
  await until(
    () => cairn.getSchedule(made.id),
    ({ synced }) => synced,
  );
  temporalGate.slow(0);
  await withStarts(made.temporalScheduleId, async started => {
    const due = secondsAfter(Date.parse(made.createdAt), 5);
    const times = await until(started, list => list.length >= due.length);
    expect(times.slice(0, due.length)).toEqual(due);
  });
  await cairn.deleteSchedule(made.id);
}, 60_000);
