import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { Run } from '@cairn/client';
import { startCairn, type Cairn, type Program } from '../support/cairn.js';
import { inconsistencies } from '../support/records.js';
import { stepOf } from '../support/steps.js';
import { waitUntil } from '../support/wait-until.js';

const LEASE_MS = 5_000;
const HEARTBEAT_MS = 10_000;

let cairn: Cairn;
let second: Program;
beforeAll(async () => {
  cairn = await startCairn({ env: { CAIRN_LEASE: `${LEASE_MS}ms` } });
  second = await cairn.startWorker();
}, 90_000);
afterEach(async () => expect(await inconsistencies(cairn)).toEqual([]));
afterAll(() => cairn?.stop());

const start = async (trigger: object, workflow = 'toy.diamond') =>
  (await cairn.client.startRun({ workflow, trigger })).run;
const ended = (run: Run) => cairn.client.waitForRun(run.id, { deadlineMs: 120_000 });
const read = (run: Run) => cairn.client.getRun(run.id);
const isRunning = (run: Run, stepId: string) => async () =>
  stepOf(await read(run), stepId).status === 'running';
/** How often a line was marked since `before` marks. */
const counted = (before: number) => {
  const counts: Record<string, number> = {};
  for (const line of cairn.executions().slice(before)) counts[line] = (counts[line] ?? 0) + 1;
  return counts;
};
/** The digests of a run's artifacts, by step and name. */
async function digestsOf(run: Run): Promise<Record<string, string>> {
  const digests: Record<string, string> = {};
  for await (const artifact of cairn.client.runArtifacts(run.id))
    digests[`${artifact.stepId} ${artifact.name}`] = artifact.contentHash;
  return digests;
}

describe('identical runs at once', () => {
  test('a hundred on two workers: each skill once, every run whole, with the same bytes', async () => {
    const before = cairn.executions().length;
    const runs = await Promise.all(Array.from({ length: 100 }, () => start({ name: 'hundred' })));
    const after = await Promise.all(runs.map(ended));
    expect(new Set(after.map(({ status }) => status))).toEqual(new Set(['completed']));
    expect(counted(before)).toEqual({ first: 1, left: 1, right: 1, last: 1 });
    const [one, ...others] = await Promise.all(runs.map(digestsOf));
    expect(Object.keys(one!)).toHaveLength(8);
    for (const other of others) expect(other).toEqual(one);
    expect(cairn.worker.running && second.running).toBe(true);
  }, 180_000);

  test('one that waits shows whom it waits for, and takes over what the other gives', async () => {
    const holder = await start({ name: 'shown', mode: 'wait' });
    await waitUntil('left runs', isRunning(holder, 'left'));
    const waiter = await start({ name: 'shown', mode: 'wait' });
    const waitingOn = await waitUntil('it waits', async () => stepOf(await read(waiter), 'left').waitingOn);
    expect(waitingOn).toEqual({ kind: 'execution', runId: holder.id, stepId: 'left' });
    expect(stepOf(await read(waiter), 'left').status).toBe('pending');
    cairn.release('shown');
    const [, after] = await Promise.all([ended(holder), ended(waiter)]);
    expect(stepOf(after, 'left')).toMatchObject({ status: 'completed', cacheHit: true });
    expect(stepOf(after, 'left')).not.toHaveProperty('waitingOn');
  }, 60_000);

  test('a failure for good is shared by those who waited, and by no others', async () => {
    const before = cairn.executions().length;
    const holder = await start({ name: 'fails', mode: 'fail_later' });
    await waitUntil('left runs', isRunning(holder, 'left'));
    const waiter = await start({ name: 'fails', mode: 'fail_later' });
    await waitUntil('it waits', async () => stepOf(await read(waiter), 'left').waitingOn);
    cairn.release('fails');
    for (const after of await Promise.all([ended(holder), ended(waiter)])) {
      expect(after).toMatchObject({ status: 'failed', errorCode: 'TOY_FAILED' });
      expect(stepOf(after, 'last')).toMatchObject({ status: 'skipped', reason: 'blocked' });
    }
    expect(counted(before)['left']).toBe(1);
    expect((await ended(await start({ name: 'fails', mode: 'fail_later' }))).errorCode).toBe('TOY_FAILED');
    expect(counted(before)['left']).toBe(2);
  }, 60_000);

  test('a holder that is cancelled hands the work on', async () => {
    const before = cairn.executions().length;
    const holder = await start({ name: 'handed on', mode: 'wait' });
    await waitUntil('left runs', isRunning(holder, 'left'));
    const waiter = await start({ name: 'handed on', mode: 'wait' });
    await waitUntil('it waits', async () => stepOf(await read(waiter), 'left').waitingOn);
    await cairn.client.cancelRun(holder.id);
    expect((await ended(holder)).status).toBe('cancelled');
    await waitUntil('the waiter executes', isRunning(waiter, 'left'));
    cairn.release('handed on');
    expect(await ended(waiter)).toMatchObject({ status: 'completed' });
    expect(counted(before)['left']).toBe(2);
  }, 60_000);
});

test('a holder that is killed is taken over in time, and each key is executed at most once more', async () => {
  const before = cairn.executions().length;
  const runs = await Promise.all(Array.from({ length: 20 }, () => start({ name: 'killed', mode: 'wait' })));
  await waitUntil('left runs somewhere', async () => counted(before)['left'] === 1);
  const pid = Number(readFileSync(join(cairn.home, 'marks', 'killed.process'), 'utf8'));
  const holder = pid === cairn.worker.pid ? cairn.worker : second;
  expect(holder.pid).toBe(pid);
  await holder.end('SIGKILL');
  const killedAt = performance.now();
  await waitUntil('another executes', () => counted(before)['left'] === 2, HEARTBEAT_MS + LEASE_MS + 10_000);
  expect(performance.now() - killedAt).toBeLessThan(HEARTBEAT_MS + LEASE_MS + 10_000);
  cairn.release('killed');
  const after = await Promise.all(runs.map(ended));
  expect(new Set(after.map(({ status }) => status))).toEqual(new Set(['completed']));
  const counts = counted(before);
  for (const label of ['first', 'left', 'right', 'last']) expect(counts[label]).toBeLessThanOrEqual(2);
  const [one, ...others] = await Promise.all(runs.map(digestsOf));
  for (const other of others) expect(other).toEqual(one);
  await holder.start();
}, 180_000);
