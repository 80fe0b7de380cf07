import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { createCairnClient, type CairnClient, type FollowEventsOptions } from '@cairn/client';
import { repositories, transaction } from '@cairn/dao';
import { campaignRequest, sequenced, startTestApi, type TestApi } from '../testing/index.js';

// Real: PostgreSQL, HTTP, the API's own sequencer and feed. The events are written by the test.
let api: TestApi;
let cairn: CairnClient;
const tenantId = 'local';
beforeAll(async () => {
  api = await startTestApi();
  cairn = createCairnClient({ baseUrl: api.url });
});
afterAll(() => api.stop());

let runId: string;
let before: number;
beforeEach(async () => {
  runId = (await cairn.startRun(campaignRequest())).run.id;
  await sequenced(api.dataSource);
  before = await latest();
});

const latest = async () =>
  (await repositories(api.dataSource).eventLog.ranges([tenantId])).get(tenantId)?.position ?? 0;
const evicted = (...numbers: number[]) =>
  repositories(api.dataSource).events.append(
    numbers.map(evicted => ({ tenantId, type: 'cache.evicted', data: { evicted, filter: {} } }) as const),
  );
const ends = () =>
  transaction(api.dataSource, async tx => {
    await tx.events.append([
      { tenantId, runId, stepId: 'a', type: 'artifact.repaired', data: { digests: [] } },
    ]);
    const outcome = { status: 'cancelled', error: 'no', errorCode: 'CANCELLED' } as const;
    await tx.runs.finishRun(tenantId, runId, outcome);
  });

/** The first so many that a follower gets. */
async function take(count: number, options: FollowEventsOptions, begun = () => {}) {
  const seen: string[] = [];
  const following = cairn.followEvents(options);
  for (let n = 0; n < count; n++) {
    const next = following.next();
    if (n === 0) begun();
    const { value, done } = await next;
    if (done) break;
    seen.push(value.kind === 'reset' ? JSON.stringify(value.reset) : told(value.event));
  }
  await following.return();
  return seen;
}
const told = ({ position, type, data }: { position: number; type: string; data: Record<string, unknown> }) =>
  `${position - before} ${type} ${String(data['evicted'] ?? '')}`.trim();

/** A stream as it goes over the wire, up to a text. */
async function wire(path: string, until: string, headers: Record<string, string> = {}) {
  const leave = new AbortController();
  const response = await fetch(`${api.url}${path}`, {
    headers: { accept: 'text/event-stream', ...headers },
    signal: leave.signal,
  });
  let text = '';
  for await (const chunk of response.body ?? []) {
    text += Buffer.from(chunk as Uint8Array).toString();
    if (text.includes(until)) break;
  }
  leave.abort();
  return { status: response.status, headers: response.headers, text };
}

test('on the wire: server-sent events with their positions as ids', async () => {
  await evicted(1, 2);
  await sequenced(api.dataSource);
  const { headers, text } = await wire(`/v1/events?after=${before}`, '"evicted":2');
  expect(headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
  expect(headers.get('cache-control')).toBe('no-store, no-transform');
  const [retry, where, first, second] = text.split('\n\n');
  expect([retry, where]).toEqual(['retry: 1000', `: position ${before}\nid: ${before}`]);
  expect(first).toMatch(new RegExp(`^id: ${before + 1}\nevent: cache.evicted\ndata: {"specversion":"1.0",`));
  const [event] = (await cairn.listEvents({ limit: 1 })).items;
  expect(second).toBe(`id: ${before + 2}\nevent: cache.evicted\ndata: ${JSON.stringify(event)}`);
});

test('a follower goes on after Last-Event-ID, which goes before the query', async () => {
  await evicted(1, 2, 3);
  await sequenced(api.dataSource);
  const { text } = await wire(`/v1/events?after=${before}`, '"evicted":3', {
    'last-event-id': `${before + 2}`,
  });
  expect(text).not.toContain('"evicted":1');
  expect(text).not.toContain('"evicted":2');
});

test('followers get what was, then what comes, in order, as they want it', async () => {
  await evicted(1, 2);
  const all = take(4, { after: before });
  const some = take(2, { after: before, types: ['cache.*', 'run.failed'] });
  const others = take(1, { after: before, types: ['artifact.repaired'] });
  await ends();
  await evicted(3);
  expect(await all).toEqual([
    '1 cache.evicted 1',
    '2 cache.evicted 2',
    '3 artifact.repaired',
    '4 run.cancelled',
  ]);
  expect(await some).toEqual(['1 cache.evicted 1', '2 cache.evicted 2']);
  expect(await others).toEqual(['3 artifact.repaired']);
});

test('without a position a follower gets what comes from now on', async () => {
  await evicted(1);
  await sequenced(api.dataSource);
  // What is known to be followed is told at once.
  let written = false;
  const { text } = await wireOnce(async () => {
    if (written) return;
    written = true;
    await evicted(2);
  });
  expect(text).not.toContain('"evicted":1');
  expect(text).toContain(`id: ${before + 2}\n`);
});

async function wireOnce(begun: () => Promise<void>) {
  const leave = new AbortController();
  const response = await fetch(`${api.url}/v1/events`, {
    headers: { accept: 'application/json;q=0.1, text/event-stream' },
    signal: leave.signal,
  });
  let text = '';
  for await (const chunk of response.body!) {
    text += Buffer.from(chunk as Uint8Array).toString();
    await begun();
    if (text.includes('"evicted":2')) break;
  }
  leave.abort();
  return { text };
}

test("a run's stream begins with the run, and ends with it; who has seen the end is told so", async () => {
  const stream = take(99, { runId });
  const filtered = take(99, { runId, types: ['artifact.*'] });
  await evicted(1);
  await ends();
  await evicted(2);
  const seen = await stream;
  expect(seen.slice(-2)).toEqual(['2 artifact.repaired', '3 run.cancelled']);
  expect(seen.at(0)).toMatch(/run\.created$/);
  expect(await filtered).toEqual(['2 artifact.repaired']);

  await sequenced(api.dataSource);
  expect(await take(99, { runId })).toEqual(seen);
  expect(await take(99, { runId, after: before + 1 })).toEqual(seen.slice(-2));
  expect(
    (await wire(`/v1/runs/${runId}/events`, 'run.completed', { 'last-event-id': `${before + 3}` })).status,
  ).toBe(204);
  expect(await take(99, { runId, after: before + 3 })).toEqual([]);
  const filteredWire = await wire(`/v1/runs/${runId}/events?type=artifact.*`, 'never');
  expect(filteredWire.text).toMatch(new RegExp(`\n\n: position ${before + 3}\nid: ${before + 3}\n\n$`));
});

test('another run than those there are is refused before any stream begins', async () => {
  await expect(take(1, { runId: randomUUID() })).rejects.toMatchObject({ status: 404, code: 'NOT_FOUND' });
});

test('who was at what is no longer kept, or at what never was, is told to begin anew', async () => {
  await evicted(1, 2, 3);
  await sequenced(api.dataSource);
  await api.dataSource.query(`DELETE FROM "event" WHERE "position" <= $1`, [before + 2]);
  await api.dataSource.query(`UPDATE "event_head" SET "floor" = $1`, [before + 2]);
  const end = before + 3;
  const reset = (requested: number) => JSON.stringify({ requested, oldest: end, latest: end });
  expect(await take(2, { after: before })).toEqual([reset(before), '3 cache.evicted 3']);
  expect(await take(2, { after: end + 10 })).toEqual([reset(end + 10), '3 cache.evicted 3']);
  expect(await take(1, { after: before + 2 })).toEqual(['3 cache.evicted 3']);
});

test('HEAD says what would come, and nothing follows', async () => {
  const response = await fetch(`${api.url}/v1/events`, {
    method: 'HEAD',
    headers: { accept: 'text/event-stream' },
  });
  expect([response.status, response.headers.get('content-type')]).toEqual([
    200,
    'text/event-stream; charset=utf-8',
  ]);
});
