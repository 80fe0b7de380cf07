import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { Run } from '@cairn/client';
import { startCairn, type Cairn, type Program } from '../support/cairn.js';
import { inconsistencies } from '../support/records.js';
import { stepOf } from '../support/steps.js';
import { waitUntil } from '../support/wait-until.js';

let cairn: Cairn;
beforeAll(async () => {
  // It serves every queue but `gpu`, which each test gives workers of its own.
  cairn = await startCairn({
    catalog: 'policy',
    workerEnv: () => Promise.resolve({ CAIRN_QUEUES: 'default,limited-skill' }),
  });
}, 90_000);
afterEach(async () => {
  await Promise.all(gpuWorkers.splice(0).map(worker => worker.end('SIGKILL')));
  expect(await inconsistencies(cairn)).toEqual([]);
});
afterAll(() => cairn?.stop());

const start = async (workflow: string, trigger: object) =>
  (await cairn.client.startRun({ workflow, trigger })).run;
const ended = (run: Run) => cairn.client.waitForRun(run.id, { deadlineMs: 60_000 });
/** Those of the test; ended after it. */
const gpuWorkers: Program[] = [];
const gpuWorker = async (env: Readonly<Record<string, string>> = {}) => {
  const worker = await cairn.startWorker({ env: { CAIRN_QUEUES: 'gpu', ...env } });
  gpuWorkers.push(worker);
  return worker;
};
/** Two of them: who has begun what has this label, and who has not. */
const holderAndHeir = (pair: readonly Program[], label: string) => {
  const [pid] = marks('begin', label);
  return [pair.find(worker => worker.pid === pid)!, pair.find(worker => worker.pid !== pid)!] as const;
};
/** The processes that began, or ended, what has this label; in order. */
const marks = (what: 'begin' | 'end', label: string): readonly number[] =>
  cairn.executions().flatMap(line => {
    const [kind, name, pid] = line.split(' ');
    return kind === what && name === label ? [Number(pid)] : [];
  });
const hasBegun = (label: string, times = 1) =>
  waitUntil(`${label} has begun`, () => marks('begin', label).length >= times, 30_000);
const isStopping = (worker: Program) =>
  waitUntil('the worker stops', () => worker.log.includes('the worker stops'), 10_000);

test('a queue that nobody serves is waited for, and served by its own workers alone', async () => {
  const waiting = await start('policy.gpu', { label: 'patient' });
  // The main queue's worker is not held up by it, and does not take it.
  expect((await ended(await start('policy.main', { label: 'passing' }))).status).toBe('completed');
  expect(stepOf(await cairn.client.getRun(waiting.id), 'only').status).toBe('pending');
  expect(marks('begin', 'patient')).toEqual([]);

  const gpu = await gpuWorker();
  expect((await ended(waiting)).status).toBe('completed');
  expect(marks('begin', 'patient')).toEqual([gpu.pid]);

  // And it takes nothing else: neither the main queue's steps nor its workflows.
  await cairn.worker.end();
  const other = await start('policy.main', { label: 'other' });
  await cairn.worker.start();
  expect((await ended(other)).status).toBe('completed');
  expect(marks('begin', 'other')).toEqual([cairn.worker.pid]);
  expect(await gpu.end()).toBe(0);
}, 120_000);

test('a skill that allows two at once is never executed three times at once', async () => {
  const labels = Array.from({ length: 6 }, (_, i) => `crowd-${i}`);
  const runs = await Promise.all(labels.map(label => start('policy.limited', { label })));
  const after = await Promise.all(runs.map(ended));
  expect(after.map(run => run.status)).toEqual(labels.map(() => 'completed'));
  const crowd = cairn.executions().filter(line => line.includes('crowd-'));
  const atOnce = crowd.map((_, i) =>
    crowd.slice(0, i + 1).reduce((count, line) => count + (line.startsWith('begin') ? 1 : -1), 0),
  );
  expect(crowd).toHaveLength(12);
  expect(Math.max(...atOnce)).toBe(2);
}, 60_000);

test.each([
  ['PACED_HOPELESS', 1],
  ['PACED_BUSY', 3],
])(
  'a retryable error of the code %s is met %d times',
  async (fail, times) => {
    const after = await ended(await start('policy.main', { label: fail, fail }));
    expect(after).toMatchObject({ status: 'failed', errorCode: fail });
    expect(stepOf(after, 'only').attempt).toBe(times);
    expect(marks('begin', fail)).toHaveLength(times);
  },
  60_000,
);

test('a worker that dies is missed after the heartbeat of its step, not after the default one', async () => {
  const pair = await Promise.all([gpuWorker(), gpuWorker()]);
  const run = await start('policy.watched', { label: 'watched', milliseconds: 2_000 });
  await hasBegun('watched');
  const [killed, heir] = holderAndHeir(pair, 'watched');
  await killed.end('SIGKILL');
  const killedAt = performance.now();
  await hasBegun('watched', 2);
  // The default is 10 s from the last heartbeat, which is at most 2 s old.
  expect(performance.now() - killedAt).toBeLessThan(7_000);
  expect((await ended(run)).status).toBe('completed');
  expect(marks('begin', 'watched')).toEqual([killed.pid, heir.pid]);
}, 90_000);

describe('a worker that is told to stop', () => {
  test('finishes what it does within the drain time, takes nothing new, and ends with 0', async () => {
    const worker = await gpuWorker({ CAIRN_DRAIN: '30s' });
    // Longer than the default drain time.
    const run = await start('policy.gpu', { label: 'drained', milliseconds: 4_000 });
    await hasBegun('drained');
    const ending = worker.end('SIGTERM');
    await isStopping(worker);
    const late = await start('policy.gpu', { label: 'late' });
    expect(await ending).toBe(0);
    const after = await ended(run);
    expect(after.status).toBe('completed');
    expect(stepOf(after, 'only').attempt).toBe(1);
    expect(marks('begin', 'drained')).toEqual([worker.pid]);
    expect(marks('end', 'drained')).toEqual([worker.pid]);

    const next = await gpuWorker();
    expect((await ended(late)).status).toBe('completed');
    expect(marks('begin', 'late')).toEqual([next.pid]);
  }, 90_000);

  test('breaks off what takes longer, for another worker to take up at once', async () => {
    const pair = await Promise.all([gpuWorker({ CAIRN_DRAIN: '0s' }), gpuWorker({ CAIRN_DRAIN: '0s' })]);
    const run = await start('policy.gpu', { label: 'broken-off', milliseconds: 2_000 });
    await hasBegun('broken-off');
    const [hasty, heir] = holderAndHeir(pair, 'broken-off');
    expect(await hasty.end('SIGTERM')).toBe(0);
    const after = await ended(run);
    expect(after.status).toBe('completed');
    expect(stepOf(after, 'only').attempt).toBe(2);
    expect(marks('begin', 'broken-off')).toEqual([hasty.pid, heir.pid]);
    expect(marks('end', 'broken-off')).toEqual([heir.pid]);
  }, 90_000);

  test('leaves a step behind that does not obey, and ends with 0 all the same', async () => {
    const worker = await gpuWorker({ CAIRN_DRAIN: '0s' });
    const run = await start('policy.watched', { label: 'deaf', milliseconds: 60_000, deaf: true });
    await hasBegun('deaf');
    expect(await worker.end('SIGTERM')).toBe(0);
    expect(worker.log).toContain('it is left behind');
    await cairn.client.cancelRun(run.id);
    expect((await ended(run)).status).toBe('cancelled');
  }, 90_000);

  test('ends at once when it is told again', async () => {
    const worker = await gpuWorker({ CAIRN_DRAIN: '5m' });
    const run = await start('policy.watched', { label: 'left', milliseconds: 20_000 });
    await hasBegun('left');
    worker.signal('SIGTERM');
    await isStopping(worker);
    // Within the second it would be the same press of Ctrl-C.
    const toldAt = performance.now();
    await waitUntil('a second has passed', () => performance.now() - toldAt > 1_000);
    const againAt = performance.now();
    expect(await worker.end('SIGINT')).toBe(130);
    expect(performance.now() - againAt).toBeLessThan(5_000);
    await cairn.client.cancelRun(run.id);
    expect((await ended(run)).status).toBe('cancelled');
  }, 90_000);
});

test('a queue that the catalog does not have is refused in one line', async () => {
  await expect(cairn.startWorker({ env: { CAIRN_QUEUES: 'default,tpu' } })).rejects.toThrow(
    "ended: cairn-worker: CAIRN_QUEUES names the queue tpu, but the catalog's are default, limited-skill, gpu\n",
  );
}, 60_000);
