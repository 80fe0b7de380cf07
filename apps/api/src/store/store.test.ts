import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { CairnApiError, createCairnClient, type CairnClient } from '@cairn/client';
import { newId, repositories, type Repositories } from '@cairn/dao';
import { newArtifact, newCacheEntry, newRun } from '@cairn/dao/testing';
import { checkedFetch, sequenced, startTestApi, type TestApi } from '../testing/index.js';

// Real: PostgreSQL, files, HTTP.
let api: TestApi;
let cairn: CairnClient;
let db: Repositories;
beforeAll(async () => {
  api = await startTestApi();
  cairn = createCairnClient({ baseUrl: api.url, fetch: checkedFetch });
  db = repositories(api.dataSource);
});
afterAll(() => api?.stop());
beforeEach(async () => {
  await api.dataSource.query(
    'TRUNCATE "run", "artifact", "step_cache", "blob", "event", "retention" CASCADE',
  );
  await cairn.collectStore({ grace: '0' });
  await api.dataSource.query('TRUNCATE "event"');
});

const TENANT = 'local';
const refusal = (call: Promise<unknown>) =>
  call.then(
    () => 'answered',
    (error: unknown) => (error instanceof CairnApiError ? `${error.status} ${error.code}` : error),
  );
const listed = async (type?: string) => {
  await sequenced(api.dataSource);
  return (await cairn.listEvents({ type })).items;
};
/** Of what the tests do; that runs are made is not their matter. */
const types = async () => (await listed()).map(({ type }) => type).filter(type => type !== 'run.created');

/** A run of a tenant, with an artifact of its own whose bytes are the text. */
async function runWith(text: string, status = 'completed', tenantId = TENANT) {
  const run = newRun({ tenantId });
  await db.runs.insertRun(run);
  await api.dataSource.query(`UPDATE "run" SET "status" = $2, "completedAt" = now() WHERE "id" = $1`, [
    run.id,
    status,
  ]);
  const blob = await api.store.put(tenantId, Buffer.from(text));
  await db.blobs.announce(tenantId, blob, { forMs: 0 });
  const row = newArtifact(run, { contentHash: blob.digest, sizeBytes: blob.size });
  const [artifactId] = await db.artifacts.insertArtifacts([row]);
  return { id: run.id, artifactId: artifactId!, digest: blob.digest };
}
const isStored = async (digest: string) => (await api.store.stat(TENANT, digest)) !== undefined;

describe('a run that is deleted', () => {
  test('is gone with what is its own; what others name stays', async () => {
    const [run, other] = [await runWith('shared'), await runWith('shared')];
    const own = await runWith('own');
    const entry = newCacheEntry({ tenantId: TENANT, runId: own.id, digests: [own.digest] });
    await db.cache.putEntry(entry);
    for (const { id } of [run, own]) await cairn.deleteRun(id);

    expect(await refusal(cairn.getRun(run.id))).toBe('404 NOT_FOUND');
    expect(await refusal(cairn.getArtifact(run.artifactId))).toBe('404 NOT_FOUND');
    expect(await refusal(cairn.deleteRun(run.id))).toBe('404 NOT_FOUND');
    await cairn.collectStore({ grace: '0' });
    expect((await cairn.getRun(other.id)).id).toBe(other.id);
    expect(await (await fetch(`${api.url}/v1/artifacts/${other.artifactId}/content`)).text()).toBe('shared');
    // Its entry still is a hit: row and bytes are there.
    expect(await db.cache.findLive(TENANT, [entry.cacheKey])).toHaveLength(1);
    expect(await isStored(own.digest)).toBe(true);
    expect(await types()).toEqual(['store.collected', 'run.deleted', 'run.deleted']);
  });

  test('leaves those that came of it as they are', async () => {
    const parent = await runWith('parent');
    const child = newRun({
      tenantId: TENANT,
      parentRunId: parent.id,
      retryOfRunId: parent.id,
      rootRunId: parent.id,
    });
    await db.runs.insertRun(child);
    await cairn.deleteRun(parent.id);
    expect(await cairn.getRun(child.id)).toMatchObject({
      parentRunId: parent.id,
      retryOfRunId: parent.id,
      rootRunId: parent.id,
    });
  });

  test.each(['queued', 'running'])('must not be %s', async status => {
    const run = await runWith('live', status);
    expect(await refusal(cairn.deleteRun(run.id))).toBe('409 CONFLICT');
    expect((await cairn.getRun(run.id)).status).toBe(status);
    expect((await cairn.listRunArtifacts(run.id)).items).toHaveLength(1);
  });

  test('must not be pinned, nor of another tenant', async () => {
    const [run, theirs] = [await runWith('a'), await runWith('b', 'completed', 'beta')];
    expect(await cairn.pinRun(run.id, true)).toEqual({ pinned: true });
    expect(await refusal(cairn.deleteRun(run.id))).toBe('409 CONFLICT');
    expect(await refusal(cairn.deleteRun(theirs.id))).toBe('404 NOT_FOUND');
    expect(await refusal(cairn.pinRun(theirs.id, true))).toBe('404 NOT_FOUND');
    expect(await refusal(cairn.pinArtifact(theirs.artifactId, true))).toBe('404 NOT_FOUND');
    expect(await refusal(cairn.pinRun(newId(), true))).toBe('404 NOT_FOUND');
    expect(await db.runs.getRun('beta', theirs.id)).toMatchObject({ pinned: false });
    await cairn.pinRun(run.id, false);
    await cairn.deleteRun(run.id);
  });

  test('leaves a pinned artifact', async () => {
    const run = await runWith('kept');
    await cairn.pinArtifact(run.artifactId, true);
    await cairn.deleteRun(run.id);
    await cairn.collectStore({ grace: '0' });
    const artifact = await cairn.getArtifact(run.artifactId);
    expect([artifact.runId, artifact.contentHash]).toEqual([undefined, run.digest]);
    expect(await (await fetch(`${api.url}/v1/artifacts/${run.artifactId}/content`)).text()).toBe('kept');
    await cairn.pinArtifact(run.artifactId, false);
    await cairn.collectStore({ grace: '0' });
    expect([await refusal(cairn.getArtifact(run.artifactId)), await isStored(run.digest)]).toEqual([
      '404 NOT_FOUND',
      false,
    ]);
  });
});

test('a collection keeps to its grace, tells what it would do, does it, and tells it in an event', async () => {
  const run = await runWith('twelve bytes');
  await cairn.deleteRun(run.id);
  expect((await cairn.collectStore()).blobs).toEqual({ count: 0, bytes: 0 });
  const expected = {
    grace: '0',
    runs: 0,
    artifacts: 0,
    entries: 0,
    events: 0,
    unrecorded: { count: 0, bytes: 0 },
    blobs: { count: 1, bytes: 12 },
    leftovers: { count: 0, bytes: 0 },
    remains: { leases: 1, waiters: 0, claims: 0, outcomes: 0 },
    failed: 0,
  };
  await db.blobs.announce(TENANT, { digest: run.digest, size: 12 }, { forMs: 0 });
  expect(await cairn.collectStore({ grace: '0', dryRun: true })).toEqual({ ...expected, dryRun: true });
  expect(await isStored(run.digest)).toBe(true);
  expect(await cairn.collectStore({ grace: '0' })).toEqual({ ...expected, dryRun: false });
  expect(await isStored(run.digest)).toBe(false);
  const [event] = await listed('store.collected');
  expect(event!.data).toMatchObject({ graceMs: 0, blobs: { count: 1, bytes: 12 } });
});

test('events go from the low end, once they are older than they are kept', async () => {
  await runWith('a');
  await cairn.putRetention({ keepRuns: null, keepEntries: null, keepEvents: '1h' });
  await sequenced(api.dataSource);
  const events = await cairn.listEvents({ order: 'oldest' });
  const [oldest, ...others] = events.items;
  const age = (id: string) =>
    api.dataSource.query(`UPDATE "event" SET "createdAt" = now() - interval '2 hours' WHERE "id" = $1`, [id]);
  await age(oldest!.id);
  expect(await cairn.collectStore({ grace: '1h', dryRun: true })).toMatchObject({ events: 1 });
  expect(await cairn.collectStore({ grace: '1h' })).toMatchObject({ events: 1 });
  await sequenced(api.dataSource);
  const left = (await cairn.listEvents({ order: 'oldest' })).items;
  expect(left.map(({ type }) => type)).toEqual([...others.map(({ type }) => type), 'store.collected']);
  expect(left[0]!.position).toBe(oldest!.position + 1);
});

test('retention is what was put, and the next collection keeps to it', async () => {
  expect(await cairn.getRetention()).toEqual({ keepRuns: null, keepEntries: null, keepEvents: null });
  const rules = { keepRuns: '90m', keepEntries: '30d', keepEvents: '365d' };
  expect(await cairn.putRetention(rules)).toEqual(rules);
  expect(await cairn.getRetention()).toEqual(rules);
  expect(await cairn.putRetention({ keepRuns: '48h', keepEntries: null })).toEqual({
    keepRuns: '2d',
    keepEntries: null,
    keepEvents: null,
  });
  const [old, young] = [await runWith('old'), await runWith('young')];
  await api.dataSource.query(`UPDATE "run" SET "completedAt" = now() - interval '3 days' WHERE "id" = $1`, [
    old.id,
  ]);
  expect(await cairn.collectStore({ grace: '0' })).toMatchObject({
    runs: 1,
    artifacts: 1,
    blobs: { count: 1, bytes: 3 },
  });
  expect([await refusal(cairn.getRun(old.id)), (await cairn.getRun(young.id)).id]).toEqual([
    '404 NOT_FOUND',
    young.id,
  ]);
});

test('a verification reads page after page and names who has lost bytes', async () => {
  const runs = [await runWith('one'), await runWith('two'), await runWith('three')];
  const lost = runs[1]!;
  await api.store.remove(TENANT, lost.digest);
  const first = await cairn.verifyStore({ limit: 2 });
  const second = await cairn.verifyStore({ limit: 2, after: first.next! });
  expect([first.checked, second.checked, second.next]).toEqual([2, 1, undefined]);
  expect([...first.damaged, ...second.damaged]).toEqual([
    {
      digest: lost.digest,
      problem: 'missing',
      artifactIds: [lost.artifactId],
      runIds: [lost.id],
      artifactCount: 1,
      entryCount: 0,
    },
  ]);
  const [event] = await listed('blob.damaged');
  expect(event!.data).toMatchObject({ digest: lost.digest, problem: 'missing', runIds: [lost.id] });
});

test('usage is what is there', async () => {
  const [run] = [await runWith('12345'), await runWith('12345')];
  await cairn.pinArtifact(run!.artifactId, true);
  const gone = await runWith('123');
  await cairn.deleteRun(gone.id);
  await api.dataSource.query(`UPDATE "blob" SET "touchedAt" = now() - interval '2 hours'`);
  await runWith('theirs', 'completed', 'beta');
  expect(await cairn.storeUsage()).toEqual({
    blobs: { count: 2, bytes: 8 },
    pinned: { count: 1, bytes: 5 },
    artifacts: { count: 2, bytes: 10 },
    entries: 0,
    runs: 2,
    collectable: { count: 1, bytes: 3 },
  });
});

test.each([
  ['POST', '/v1/store/collections', { grace: 'soon' }, '/grace'],
  ['POST', '/v1/store/collections', { grace: 3600 }, '/grace'],
  ['POST', '/v1/store/collections', { grace: '1h', tenantId: 'beta' }, '/tenantId'],
  ['POST', '/v1/store/verifications', { limit: 0 }, '/limit'],
  ['POST', '/v1/store/verifications', { after: 'start' }, '/after'],
  ['PUT', '/v1/store/retention', { keepRuns: '0', keepEntries: null }, '/keepRuns'],
  ['PUT', '/v1/store/retention', { keepRuns: null }, '/keepEntries'],
  ['PUT', `/v1/runs/${newId()}/pin`, { pinned: 'yes' }, '/pinned'],
])('%s %s %j is refused at %s', async (method, path, body, at) => {
  const response = await api.get(path, {
    method,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const problem = (await response.json()) as { code: string; errors: { path: string }[] };
  expect([response.status, problem.code, problem.errors.map(({ path }) => path)]).toEqual([
    400,
    'VALIDATION_ERROR',
    [at],
  ]);
});

test.each([
  ['DELETE', `/v1/runs/${newId()}`],
  ['PUT', `/v1/runs/${newId()}/pin`],
  ['PUT', `/v1/artifacts/${newId()}/pin`],
  ['POST', '/v1/store/collections'],
  ['POST', '/v1/store/verifications'],
  ['PUT', '/v1/store/retention'],
])('a page of another origin may not %s %s', async (method, path) => {
  const response = await api.get(path, { method, headers: { origin: 'http://elsewhere.example' } });
  expect([response.status, ((await response.json()) as { code: string }).code]).toEqual([
    403,
    'FORBIDDEN_ORIGIN',
  ]);
});

test('a path says what it takes', async () => {
  const response = await fetch(`${api.url}/v1/store/retention`, { method: 'POST' });
  expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET, HEAD, PUT']);
});
