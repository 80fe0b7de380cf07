import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createCairnClient, type CairnClient } from '@cairn/client';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startCairn, type Cairn } from '../support/cairn.js';
import { queueWaits } from '../support/queue-waits.js';
import { waitUntil } from '../support/wait-until.js';

// Real: API, worker, PostgreSQL, Temporal with its fairness, files; and keys.
const operatorKey = randomBytes(24).toString('hex');
let cairn: Cairn;
let operator: CairnClient;
beforeAll(async () => {
  cairn = await startCairn({
    catalog: 'policy',
    apiEnv: { CAIRN_OPERATOR_KEY: operatorKey },
    workerEnv: () => Promise.resolve({ CAIRN_CONCURRENCY: 'default=2' }),
  });
  operator = createCairnClient({ baseUrl: cairn.url, apiKey: operatorKey });
}, 60_000);
afterAll(() => cairn?.stop());

/** A new tenant's client. */
async function tenant(id: string, limits: { maxRunningRuns?: number } = {}): Promise<CairnClient> {
  await operator.createTenant({ id, limits });
  const { key } = await operator.createTenantKey(id, { name: 'test', role: 'admin' });
  return createCairnClient({ baseUrl: cairn.url, apiKey: key });
}
const start = async (client: CairnClient, label: string, milliseconds: number) =>
  (await client.startRun({ workflow: 'policy.main', trigger: { label, milliseconds } })).run;
const ended = async (client: CairnClient) => {
  const { items } = await client.listRuns({ limit: 200, status: 'completed' });
  return items.length;
};

test('runs over the limit wait their turn, the oldest first, and one that waits is said to', async () => {
  const client = await tenant('limited', { maxRunningRuns: 1 });
  const runs = [];
  for (let at = 0; at < 3; at++) runs.push(await start(client, `limited-${at}`, 300));
  const last = runs[2]!.id;
  const waits = await waitUntil('the last waits', async () => {
    const run = await client.getRun(last);
    return run.waitingSince !== undefined && run;
  });
  expect(waits.status).toBe('queued');
  expect((await client.getOwnTenant()).usage).toMatchObject({ runningRuns: expect.any(Number) });
  await waitUntil('all have ended', async () => (await ended(client)) === 3);
  const begun = cairn.executions().filter(line => line.includes('limited-'));
  // One at a time, in the order in which they were asked for.
  expect(begun.map(line => line.split(' ').slice(0, 2).join(' '))).toEqual(
    [0, 1, 2].flatMap(at => [`begin limited-${at}`, `end limited-${at}`]),
  );
}, 30_000);

test("a tenant's eighty runs do not starve another tenant's one", async () => {
  const [busy, quiet] = [await tenant('busy'), await tenant('quiet')];
  const many = 80;
  const done = () => cairn.executions().filter(line => line.startsWith('end busy-')).length;
  // For two slots: twenty seconds' work, most of which waits when the one comes, and longer than a start takes.
  const runs = await Promise.all(Array.from({ length: many }, (_, at) => start(busy, `busy-${at}`, 500)));
  const before = done();
  const run = await start(quiet, 'quiet', 500);
  await waitUntil('the one has ended', async () => (await quiet.getRun(run.id)).status === 'completed');
  // In the order of their coming it would be the last of all.
  expect(done() - before).toBeLessThan(many - before);
  await waitUntil('the others have ended', async () => (await ended(busy)) === many, 100_000);
  // What counts is the wait for a worker: a busy machine makes all else slow too.
  const [mine, ...others] = await queueWaits([run.id, ...runs.map(({ id }) => id)]);
  const median = others.sort((a, b) => a - b)[many / 2]!;
  expect(mine).toBeLessThan(median / 2);
}, 150_000);

test('a deleted tenant is gone: its key, its runs, its bytes; another one keeps all', async () => {
  const [gone, stays] = [await tenant('gone'), await tenant('stays')];
  for (const client of [gone, stays]) {
    await client.uploadArtifact(Buffer.from('hello'), { type: 'text/note' });
    await start(client, 'kept', 0);
  }
  const running = await start(gone, 'running', 60_000);
  await waitUntil('it runs', () => cairn.executions().some(line => line.startsWith('begin running')));
  expect((await operator.deleteTenant('gone')).status).toBe('deleting');
  await expect(gone.getRun(running.id)).rejects.toMatchObject({ status: 401, code: 'UNAUTHENTICATED' });
  await waitUntil('it is deleted', async () => (await operator.getTenant('gone')).status === 'deleted');
  expect((await operator.getTenant('gone')).usage).toEqual({
    runningRuns: 0,
    waitingRuns: 0,
    storedBytes: 0,
    runs: 0,
  });
  await expect(operator.createTenant({ id: 'gone' })).rejects.toMatchObject({ status: 409 });
  const folder = (id: string) => join(cairn.home, 'artifacts', 'v1', id, 'sha256');
  const digest = '2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824';
  const file = (id: string) => join(folder(id), digest.slice(0, 2), digest.slice(2));
  expect([existsSync(file('gone')), existsSync(file('stays'))]).toEqual([false, true]);
  await waitUntil('the other has what it had', async () => (await ended(stays)) === 1);
}, 40_000);
