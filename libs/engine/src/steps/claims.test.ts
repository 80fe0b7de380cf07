import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { StepRequest } from '@cairn/pipeline';
import { settleRun } from '../runs/settle-run.js';
import { echo } from '../testing/fixtures/echo-state.js';
import {
  hooks,
  LEASE_MS,
  startTestEngine,
  stepRequest,
  TENANT,
  type TestEngine,
} from '../testing/test-engine.js';
import { executeStep } from './execute-step.js';
import { lookUpFrontier } from './look-up-frontier.js';

let it: TestEngine;
beforeAll(async () => void (it = await startTestEngine()));
afterAll(() => it.stop());
beforeEach(() => it.reset());

let texts = 0;
const newText = () => `claimed ${process.pid} ${(texts += 1)}`;
type More = Parameters<typeof stepRequest>[3];

/** A request for the step `first` of a new run. */
const request = async (input: object, more: More = {}) =>
  stepRequest(await it.newRun(), 'first', input, more);
const stepOf = ({ runId }: StepRequest) => it.records.steps.getStep(TENANT, runId, 'first');

/** Executions of echo that are held open until `release`. */
function holdOpen() {
  let begin = () => undefined as void;
  let release = (_error?: Error) => undefined as void;
  const begun = new Promise<void>(resolve => (begin = resolve));
  const held = new Promise<void>((resolve, reject) => {
    release = error => (error ? reject(error) : resolve());
  });
  held.catch(() => undefined);
  echo.hold = () => {
    begin();
    return held;
  };
  return { begun, release };
}

/** A holder that is under way, and a request for the same that has been told to wait. */
async function heldAndWaiting(more: More = {}, waiterMore: More = more) {
  const text = newText();
  const { begun, release } = holdOpen();
  const holder = await request({ text }, more);
  const execution = executeStep(it.engine, holder, hooks());
  execution.catch(() => undefined);
  await begun;
  const waiter = await request({ text }, waiterMore);
  const answer = await executeStep(it.engine, waiter, hooks());
  return { text, holder, execution, release, waiter, answer };
}

describe('a step whose key another holds', () => {
  test('waits, and says for whom and how long at most', async () => {
    const { holder, execution, release, waiter, answer } = await heldAndWaiting();
    expect(answer).toMatchObject({
      kind: 'waiting',
      holder: { runId: holder.runId, stepId: 'first' },
      attempts: 0,
    });
    expect((answer as { forMs: number }).forMs).toBeGreaterThan(0);
    expect((answer as { forMs: number }).forMs).toBeLessThanOrEqual(LEASE_MS);
    expect(await stepOf(waiter)).toMatchObject({
      status: 'pending',
      waitingOn: { kind: 'execution', runId: holder.runId, stepId: 'first' },
    });
    release();
    await execution;
    expect(echo.calls).toHaveLength(1);
  });

  test('is woken when the holder is done, and adopts what it gives', async () => {
    const { holder, execution, release, waiter } = await heldAndWaiting();
    const { claims } = it.records;
    expect(await claims.dueWakes({ overdueMs: 0, limit: 9 })).toEqual([]);
    release();
    const given = await execution;
    const { cacheKey } = (await stepOf(holder))!;
    expect(it.woken).toEqual([cacheKey]);
    const due = await claims.dueWakes({ overdueMs: 0, limit: 9 });
    expect(due).toMatchObject([
      { runId: waiter.runId, stepId: 'first', temporalWorkflowId: waiter.workflowId },
    ]);
    await claims.wakesSent(due);
    expect(await claims.dueWakes({ overdueMs: 0, limit: 9 })).toEqual([]);

    const [answer] = await lookUpFrontier(it.engine, [{ ...waiter, waited: true }]);
    expect(answer).toEqual({ kind: 'settled', step: { ...given, fromCache: true } });
    expect(await stepOf(waiter)).toMatchObject({ status: 'completed', cacheHit: true, waitingOn: null });
    expect(echo.calls).toHaveLength(1);
  });

  test('adopts what the holder gives though it is out of date at once', async () => {
    const { execution, release, waiter } = await heldAndWaiting({ policy: { ttlMs: 0 } });
    release();
    const given = await execution;
    const answer = await executeStep(it.engine, { ...waiter, waited: true }, hooks());
    expect(answer).toEqual({ ...given, fromCache: true });
    expect(echo.calls).toHaveLength(1);
    // Those who did not wait execute.
    await executeStep(it.engine, await request({ text: echo.calls[0] }, { policy: { ttlMs: 0 } }), hooks());
    expect(echo.calls).toHaveLength(2);
  });

  test('shares a failure for good, and those who did not wait do not', async () => {
    const { text, holder, execution, release, waiter } = await heldAndWaiting({
      policy: { nonRetryable: ['AWAY'] },
    });
    release(Object.assign(new Error('nobody answers'), { code: 'AWAY', retryable: true }));
    await expect(execution).rejects.toThrow('nobody answers');
    const answer = await executeStep(it.engine, { ...waiter, waited: true }, hooks());
    const message = `nobody answers (executed by step first of run ${holder.runId})`;
    expect(answer).toEqual({ kind: 'failed', code: 'AWAY', message });
    expect(await stepOf(waiter)).toMatchObject({ status: 'failed', errorCode: 'AWAY' });
    echo.hold = () => Promise.resolve();
    expect(await executeStep(it.engine, await request({ text }), hooks())).toMatchObject({ kind: 'done' });
    expect(echo.calls).toEqual([text, text]);
  });

  test('shares a failure that is for good by itself, whatever the policies say', async () => {
    const { text, execution, release, waiter } = await heldAndWaiting();
    release(Object.assign(new Error('never'), { code: 'NEVER', retryable: false }));
    await expect(execution).rejects.toThrow('never');
    const answer = await executeStep(it.engine, { ...waiter, waited: true }, hooks());
    expect(answer).toMatchObject({ kind: 'failed', code: 'NEVER' });
    expect(echo.calls).toEqual([text]);
  });

  test.each([
    ['names no failures', {}],
    ['names others', { policy: { nonRetryable: ['CLOSED'] } }],
  ])(
    "executes itself after a failure that is for good by the holder's policy, where its own %s",
    async (_, mine) => {
      const { text, execution, release, waiter } = await heldAndWaiting(
        { policy: { nonRetryable: ['AWAY'] } },
        mine,
      );
      release(Object.assign(new Error('nobody answers'), { code: 'AWAY', retryable: true }));
      await expect(execution).rejects.toThrow('nobody answers');
      expect(it.woken).toHaveLength(1);
      echo.hold = () => Promise.resolve();
      const answer = await executeStep(it.engine, { ...waiter, waited: true }, hooks());
      expect(answer).toMatchObject({ kind: 'done', fromCache: false });
      expect(echo.calls).toEqual([text, text]);
    },
  );

  test('executes itself after a failure that another try may not meet', async () => {
    const { text, execution, release, waiter } = await heldAndWaiting();
    release(new Error('this time'));
    await expect(execution).rejects.toThrow('this time');
    expect(it.woken).toHaveLength(1);
    echo.hold = () => Promise.resolve();
    const answer = await executeStep(it.engine, { ...waiter, waited: true }, hooks());
    expect(answer).toMatchObject({ kind: 'done', fromCache: false });
    expect(echo.calls).toEqual([text, text]);
  });

  test('hands the key from one to the next, in the order of their waiting, until one gives something', async () => {
    const { text, execution, release, waiter: ended } = await heldAndWaiting();
    const waiting = async () => {
      const step = await request({ text });
      expect(await executeStep(it.engine, step, hooks())).toMatchObject({ kind: 'waiting' });
      return step;
    };
    const first = await waiting();
    const second = await waiting();
    const third = await waiting();
    const fourth = await waiting();
    const cancelled = { status: 'cancelled', code: 'CANCELLED', message: 'was told to' } as const;
    await settleRun(it.dataSource, { tenantId: TENANT, runId: ended.runId }, cancelled);
    /** The runs that are owed a wake-up; it is sent with this. */
    const woken = async () => {
      const due = await it.records.claims.dueWakes({ overdueMs: 0, limit: 9 });
      await it.records.claims.wakesSent(due);
      return due.map(({ runId }) => runId);
    };
    const again = (step: StepRequest) => executeStep(it.engine, { ...step, waited: true }, hooks());
    release(new Error('this time'));
    await expect(execution).rejects.toThrow('this time');
    expect(await woken()).toEqual([first.runId]);
    echo.hold = () => Promise.reject(new Error('this time'));
    // Its lease timer was faster than the wake-up of the other, which is owed one again.
    await expect(again(second)).rejects.toThrow('this time');
    expect(await woken()).toEqual([first.runId]);
    await expect(again(first)).rejects.toThrow('this time');
    expect(await woken()).toEqual([third.runId]);
    echo.hold = () => Promise.resolve();
    expect(await again(third)).toMatchObject({ kind: 'done', fromCache: false });
    expect(await woken()).toContain(fourth.runId);
    expect(await again(fourth)).toMatchObject({ kind: 'done', fromCache: true });
    expect(echo.calls).toHaveLength(4);
  });

  test('does not adopt what began before its run, when that refreshes the step', async () => {
    const later = new Date(Date.now() + 60_000).toISOString();
    const { text, execution, release, waiter, answer } = await heldAndWaiting({}, { notBefore: later });
    expect(answer).toMatchObject({ kind: 'waiting' });
    release();
    await execution;
    echo.hold = () => Promise.resolve();
    const refreshed = await executeStep(it.engine, { ...waiter, waited: true }, hooks());
    expect(refreshed).toMatchObject({ kind: 'done', fromCache: false });
    expect(echo.calls).toEqual([text, text]);
  });
});

describe('a lease', () => {
  test('is renewed while its holder works', async () => {
    const { execution, release, waiter } = await heldAndWaiting();
    const cacheKey = (await stepOf(waiter))!.cacheKey!;
    const expiry = async () => {
      const [row] = await it.dataSource.query<{ at: Date; late: boolean }[]>(
        `SELECT "expiresAt" AS "at", "expiresAt" <= clock_timestamp() AS "late" FROM "step_claim" WHERE "cacheKey" = $1`,
        [cacheKey],
      );
      return row!;
    };
    const first = await expiry();
    for (let now = first; now.at.getTime() < first.at.getTime() + 2 * LEASE_MS; now = await expiry())
      expect(now.late).toBe(false);
    release();
    expect(await execution).toMatchObject({ kind: 'done', fromCache: false });
  });

  test('that has ended lets another take over, and the late holder is refused', async () => {
    const text = newText();
    const { begun, release } = holdOpen();
    const holder = await request({ text });
    const late = executeStep(it.engine, holder, hooks());
    late.catch(() => undefined);
    await begun;
    // As if the holder's process hung: its renewals have stopped, and its lease is over.
    const endLease = () => it.dataSource.query(`UPDATE "step_claim" SET "expiresAt" = clock_timestamp()`);
    echo.hold = () => Promise.resolve();
    const taker = await request({ text });
    const take = () => endLease().then(() => executeStep(it.engine, taker, hooks()));
    let taken = await take();
    // It was renewed between the two.
    while (taken.kind === 'waiting') taken = await take();
    expect(taken).toMatchObject({ kind: 'done', fromCache: false });
    release();
    await expect(late).rejects.toMatchObject({ code: 'CLAIM_LOST', retryable: true });
    expect(await stepOf(holder)).toMatchObject({ status: 'running' });
    const [entry] = await it.records.cache.findLive(TENANT, [(await stepOf(taker))!.cacheKey!]);
    expect(entry!.runId).toBe(taker.runId);
    // Its next attempt finds what the other gave.
    expect(await executeStep(it.engine, holder, hooks({ attempt: 2 }))).toEqual({
      ...taken,
      fromCache: true,
    });
  });

  test('is taken over at once by a later attempt of the same step', async () => {
    const text = newText();
    const { begun, release } = holdOpen();
    const step = await request({ text });
    const early = executeStep(it.engine, step, hooks());
    early.catch(() => undefined);
    await begun;
    echo.hold = () => Promise.resolve();
    expect(await executeStep(it.engine, step, hooks({ attempt: 2 }))).toMatchObject({ kind: 'done' });
    release();
    // The step is done: what comes late gives what is recorded.
    expect(await early).toMatchObject({ kind: 'done', fromCache: false });
    expect(await it.count('artifact')).toBe(2);
  });

  test('is held by the step again, at the same attempt, when the answer to its commit was lost', async () => {
    const { dataSource } = it;
    const step = await request({ text: newText() });
    const create = dataSource.createQueryRunner.bind(dataSource);
    const generations: unknown[] = [];
    dataSource.createQueryRunner = mode => {
      const runner = create(mode);
      const commit = runner.commitTransaction.bind(runner);
      runner.commitTransaction = async () => {
        await commit();
        dataSource.createQueryRunner = create;
        generations.push(...(await dataSource.query<unknown[]>('SELECT "generation" FROM "step_claim"')));
        throw Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' });
      };
      return runner;
    };
    const answer = await executeStep(it.engine, step, hooks()).finally(
      () => (dataSource.createQueryRunner = create),
    );
    expect(generations).toHaveLength(1);
    expect(answer).toMatchObject({ kind: 'done', fromCache: false });
    expect(echo.calls).toHaveLength(1);
  });

  test('that its own step has taken over is fenced off, and keeps others out', async () => {
    const { claims } = it.records;
    const [{ id: runId }, other] = await Promise.all([it.newRun(), it.newRun()]);
    const claim = { tenantId: TENANT, runId, stepId: 'first', cacheKey: 'key', attempt: 2, leaseMs: 60_000 };
    const held = async (more: object = {}) => {
      const answer = await claims.claim({ ...claim, ...more });
      return answer.kind === 'held' ? answer.claim : undefined;
    };
    const lost = (await held())!;
    const again = (await held())!;
    expect(again.generation).toBeGreaterThan(lost.generation);
    expect(await held({ runId: other.id })).toBeUndefined();
    expect(await held({ stepId: 'second' })).toBeUndefined();
    expect(await held({ attempt: 1 })).toBeUndefined();
    expect(await claims.renew([lost.generation, again.generation], 60_000)).toEqual([again.generation]);
    expect(await claims.end(lost)).toBe(false);
    expect(await claims.end(again)).toBe(true);
  });

  test('is given up when the execution is aborted', async () => {
    const controller = new AbortController();
    echo.hold = () => Promise.resolve(controller.abort(new Error('cancelled')));
    const step = await request({ text: newText() });
    await expect(executeStep(it.engine, step, hooks({ signal: controller.signal }))).rejects.toThrow(
      'cancelled',
    );
    expect(await it.dataSource.query('SELECT 1 FROM "step_claim"')).toEqual([]);
  });

  test('runs out when a skill that was aborted does not end', async () => {
    const text = newText();
    const { begun, release } = holdOpen();
    const controller = new AbortController();
    const hung = executeStep(it.engine, await request({ text }), hooks({ signal: controller.signal }));
    hung.catch(() => undefined);
    await begun;
    controller.abort(new Error('cancelled'));
    echo.hold = () => Promise.resolve();
    const other = await request({ text });
    const end = Date.now() + 3 * LEASE_MS;
    let answer = await executeStep(it.engine, other, hooks());
    while (answer.kind === 'waiting' && Date.now() < end)
      answer = await executeStep(it.engine, other, hooks());
    release();
    expect(answer).toMatchObject({ kind: 'done', fromCache: false });
    await expect(hung).rejects.toThrow('cancelled');
  });
});

test('two steps at once, without a wait between: one executes', async () => {
  const text = newText();
  const requests = await Promise.all(Array.from({ length: 8 }, () => request({ text })));
  const answers = await Promise.all(requests.map(each => executeStep(it.engine, each, hooks())));
  expect(echo.calls).toEqual([text]);
  const kinds = answers.map(answer =>
    answer.kind === 'done' && !answer.fromCache ? 'executed' : answer.kind,
  );
  expect(kinds.filter(kind => kind === 'executed')).toHaveLength(1);
  expect(await it.dataSource.query('SELECT 1 FROM "step_claim"')).toEqual([]);
});

test('a step that is never cached claims nothing and waits for nobody', async () => {
  const text = newText();
  const never = { policy: { cache: 'never' as const } };
  const requests = await Promise.all([request({ text }, never), request({ text }, never)]);
  const answers = await Promise.all(requests.map(each => executeStep(it.engine, each, hooks())));
  expect(answers.map(({ kind }) => kind)).toEqual(['done', 'done']);
  expect(echo.calls).toEqual([text, text]);
  expect(await it.count('step_cache')).toBe(0);
});
