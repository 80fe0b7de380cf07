import { existsSync } from 'node:fs';
import { chmod, rm, writeFile } from 'node:fs/promises';
import { sha256 } from '@cairn/canonical';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { settleRun } from '../runs/settle-run.js';
import { echo } from '../testing/fixtures/echo-state.js';
import { hooks, startTestEngine, stepRequest, TENANT, type TestEngine } from '../testing/test-engine.js';
import { executeStep } from './execute-step.js';
import { lookUpFrontier } from './look-up-frontier.js';

let it: TestEngine;
beforeAll(async () => void (it = await startTestEngine()));
afterAll(() => it.stop());
beforeEach(() => it.reset());

const stepOf = (run: { id: string; tenantId: string }, stepId: string) =>
  it.records.steps.getStep(run.tenantId, run.id, stepId);
/** How often an entry was hit, once that is written down. */
async function hitsOf(cacheKey: string): Promise<number> {
  await it.engine.hits.flush();
  return (await it.records.cache.getEntry(TENANT, cacheKey))!.hitCount;
}
/** A text that no earlier test has stored. */
let texts = 0;
const newText = () => `text ${process.pid} ${(texts += 1)}`;
const said = (text: string) => ({
  type: 'text/plain',
  digest: sha256(text),
  size: text.length,
  filename: 'said.txt',
  metadata: { times: 1 },
});
/** Executes the step `first` of a new run. */
async function execute(input: object, more: Parameters<typeof stepRequest>[3] = {}, tenantId = TENANT) {
  const run = await it.newRun(tenantId);
  const request = stepRequest(run, 'first', input, more);
  return { run, request, settled: await executeStep(it.engine, request, hooks()) };
}
/** Looks the step `first` of a new run up. */
async function lookUp(input: object, more: Parameters<typeof stepRequest>[3] = {}, tenantId = TENANT) {
  const run = await it.newRun(tenantId);
  const request = stepRequest(run, 'first', input, more);
  const [answer] = await lookUpFrontier(it.engine, [request]);
  return { run, request, answer };
}

describe('a step that nobody has done', () => {
  test('is a miss, is executed, and everything about it is recorded', async () => {
    const text = newText();
    const { answer, run, request } = await lookUp({ text });
    expect(answer).toEqual({ kind: 'miss' });
    expect(await stepOf(run, 'first')).toMatchObject({ status: 'pending', cacheKey: null });

    const output = { said: said(text), doc: { text } };
    expect(await executeStep(it.engine, request, hooks())).toEqual({
      kind: 'done',
      output,
      fromCache: false,
    });
    const step = await stepOf(run, 'first');
    expect(step).toMatchObject({ status: 'completed', attempt: 1, cacheHit: false, output, errorCode: null });
    expect(step!.keyIngredients).toMatchObject({ skill: 'echo', tenant: TENANT, input: { text, times: 1 } });
    const rows = await it.dataSource.query<object[]>('SELECT * FROM "artifact" ORDER BY "name"');
    expect(rows).toMatchObject([
      { name: 'doc', type: 'text/doc', filename: 'doc.json', contentHash: sha256(`{"text":"${text}"}`) },
      { name: 'said', type: 'text/plain', filename: 'said.txt', metadata: { times: 1 }, runId: run.id },
    ]);
    const [doc, file] = rows as { id: string }[];
    expect([...step!.outputArtifactIds].sort()).toEqual([doc!.id, file!.id].sort());
    expect((await it.records.runs.getRun(TENANT, run.id))!.context).toEqual({
      artifacts: { first: { doc: doc!.id, said: file!.id } },
    });
    const [entry] = await it.records.cache.findLive(TENANT, [step!.cacheKey!]);
    expect(entry).toMatchObject({ hitCount: 0, skillId: 'echo', scope: 'global', expiresAt: null });
    expect(echo.folders.map(existsSync)).toEqual([false]);
    expect(await stepOf(run, 'second')).toMatchObject({ status: 'pending' });
  });

  test('gets its input cut to the schema, defaults filled in', async () => {
    const { run } = await execute({ text: newText(), noise: 1 });
    const { keyIngredients } = (await stepOf(run, 'first'))!;
    expect(Object.keys((keyIngredients as { input: object }).input)).toEqual(['text', 'times']);
  });
});

describe('a hit', () => {
  test('gives the outputs without a call, with rows of its own run', async () => {
    const text = newText();
    const first = await execute({ text });
    const { answer, run } = await lookUp({ text });
    expect(answer).toEqual({ kind: 'settled', step: { ...first.settled, fromCache: true } });
    expect(echo.calls).toEqual([text]);
    const step = await stepOf(run, 'first');
    expect(step).toMatchObject({ status: 'skipped', reason: 'cache_hit', cacheHit: true });
    const rows = await it.dataSource.query<{ runId: string }[]>('SELECT "runId" FROM "artifact"');
    expect(rows.filter(row => row.runId === run.id)).toHaveLength(2);
    expect(rows).toHaveLength(4);
    expect(await hitsOf(step!.cacheKey!)).toBe(1);
  });

  test('is decided once: asked again, also after the entry is gone, the answer is the same', async () => {
    const text = newText();
    await execute({ text });
    const { answer, request, run } = await lookUp({ text });
    const { cacheKey } = (await stepOf(run, 'first'))!;
    const [again, atOnce] = await Promise.all([
      lookUpFrontier(it.engine, [request]),
      lookUpFrontier(it.engine, [request]),
    ]);
    expect([again, atOnce]).toEqual([[answer], [answer]]);
    expect(await hitsOf(cacheKey!)).toBe(1);
    await it.records.cache.deleteEntry(TENANT, cacheKey!);
    expect(await lookUpFrontier(it.engine, [request])).toEqual([answer]);
    expect(await it.count('artifact')).toBe(4);
  });

  test('asked twice at once is recorded once', async () => {
    const text = newText();
    await execute({ text });
    const run = await it.newRun();
    const request = stepRequest(run, 'first', { text });
    const answers = await Promise.all([1, 2, 3].map(() => lookUpFrontier(it.engine, [request])));
    expect(new Set(answers.map(answer => JSON.stringify(answer))).size).toBe(1);
    expect(await it.count('artifact')).toBe(4);
    const { cacheKey } = (await stepOf(run, 'first'))!;
    expect(await hitsOf(cacheKey!)).toBe(1);
  });

  test('whose bytes are gone is a miss; executing it stores them again', async () => {
    const text = newText();
    await execute({ text });
    const path = it.engine.store.uri(TENANT, sha256(text));
    await rm(path);
    const { answer, request } = await lookUp({ text });
    expect(answer).toEqual({ kind: 'miss' });
    expect(await executeStep(it.engine, request, hooks())).toMatchObject({ fromCache: false });
    expect(await it.engine.store.stat(TENANT, sha256(text))).toMatchObject({ size: text.length });
    expect((await lookUp({ text })).answer).toMatchObject({ kind: 'settled' });
  });

  test('whose bytes have another size is a miss', async () => {
    const text = newText();
    await execute({ text });
    const path = it.engine.store.uri(TENANT, sha256(text));
    await chmod(path, 0o644);
    await writeFile(path, 'cut off');
    expect((await lookUp({ text })).answer).toEqual({ kind: 'miss' });
  });

  test('found only when the step is executed completes it as a hit', async () => {
    const text = newText();
    const late = await lookUp({ text });
    expect(late.answer).toEqual({ kind: 'miss' });
    await execute({ text });
    expect(await executeStep(it.engine, late.request, hooks())).toMatchObject({ fromCache: true });
    expect(await stepOf(late.run, 'first')).toMatchObject({ status: 'completed', cacheHit: true });
    expect(echo.calls).toEqual([text]);
  });

  test.each<[string, () => [object, object?, string?]]>([
    ['another input', () => [{ text: newText() }]],
    ['another tenant', () => [{}, {}, 'other']],
    ['another root run, of scope run_only', () => [{}, { policy: { cache: 'run_only' } }]],
    ['a step that is never cached', () => [{}, { policy: { cache: 'never' } }]],
  ])('is not there for %s', async (_name, difference) => {
    const text = newText();
    const [input, more, tenant] = difference();
    // The first with the same policy, so that only what is named differs.
    await execute({ text }, more as never);
    expect((await lookUp({ text, ...input }, more as never, tenant)).answer).toEqual({ kind: 'miss' });
  });

  test('expires by the ttl', async () => {
    const text = newText();
    await execute({ text }, { policy: { ttlMs: 0 } });
    expect((await lookUp({ text })).answer).toEqual({ kind: 'miss' });
  });

  test('is there although an unkeyed field differs', async () => {
    const text = newText();
    await execute({ text }, { fullInput: { text, at: 'monday' } });
    const { answer } = await lookUp({ text }, { fullInput: { text, at: 'tuesday' } });
    expect(answer).toMatchObject({ kind: 'settled' });
  });
});

describe('a frontier', () => {
  test('is answered in the order of its steps, each for itself', async () => {
    const [known, unknown] = [newText(), newText()];
    await execute({ text: known });
    const run = await it.newRun();
    const answers = await lookUpFrontier(it.engine, [
      stepRequest(run, 'first', { text: unknown }),
      stepRequest(run, 'second', { text: known }),
      stepRequest(run, 'third', { text: '' }),
      stepRequest(run, 'fourth', { text: known }),
    ]);
    expect(answers.map(({ kind }) => kind)).toEqual(['miss', 'settled', 'miss', 'settled']);
    expect((await it.records.runs.getRun(TENANT, run.id))!.context).toMatchObject({
      artifacts: { second: {}, fourth: {} },
    });
  });

  test('that is empty has no answers', async () => {
    expect(await lookUpFrontier(it.engine, [])).toEqual([]);
  });
});

describe('an attempt', () => {
  test('at a step that has ended gives what is recorded', async () => {
    const text = newText();
    const { request, settled } = await execute({ text });
    expect(await executeStep(it.engine, request, hooks({ attempt: 2 }))).toEqual(settled);
    expect(echo.calls).toEqual([text]);
    expect(await it.count('artifact')).toBe(2);
  });

  test('is refused its result when a later one has taken over', async () => {
    const run = await it.newRun();
    const request = stepRequest(run, 'first', { text: newText() });
    let inside = 0;
    let open = () => undefined as void;
    let began = () => undefined as void;
    const first = new Promise<void>(resolve => (began = resolve));
    const both = new Promise<void>(resolve => (open = resolve));
    echo.hold = () => {
      inside += 1;
      began();
      if (inside === 2) open();
      return both;
    };
    const early = executeStep(it.engine, request, hooks());
    const earlyEnd = early.then(
      () => 'recorded',
      (error: { code?: string }) => error.code,
    );
    await first;
    const late = await executeStep(it.engine, request, hooks({ attempt: 2 }));
    // Whoever stores first: the one whose claim it is not any more is refused, or finds the step done.
    expect(['CLAIM_LOST', 'recorded']).toContain(await earlyEnd);
    expect(echo.calls).toHaveLength(2);
    expect(late).toMatchObject({ kind: 'done', fromCache: false });
    expect(await it.count('artifact')).toBe(2);
    expect(await stepOf(run, 'first')).toMatchObject({ status: 'completed', attempt: 2 });
  });

  test('that ends after its run leaves no artifact and no entry', async () => {
    const run = await it.newRun();
    const failure = { status: 'failed', code: 'TERMINATED', message: 'gone' } as const;
    echo.hold = async () => {
      await it.records.runs.markRunning(TENANT, run.id);
      await settleRun(it.dataSource, { tenantId: TENANT, runId: run.id }, failure);
    };
    const late = executeStep(it.engine, stepRequest(run, 'first', { text: newText() }), hooks());
    await expect(late).rejects.toMatchObject({ code: 'STEP_SETTLED' });
    expect(await it.count('artifact')).toBe(0);
    expect(await it.count('step_cache')).toBe(0);
    expect(await stepOf(run, 'first')).toMatchObject({ status: 'failed', errorCode: 'TERMINATED' });
    expect((await it.records.runs.getRun(TENANT, run.id))!.context).toEqual({});
  });

  test('whose signal is aborted records nothing', async () => {
    const controller = new AbortController();
    echo.hold = () => Promise.resolve(controller.abort(new Error('cancelled')));
    const run = await it.newRun();
    const request = stepRequest(run, 'first', { text: newText() });
    await expect(executeStep(it.engine, request, hooks({ signal: controller.signal }))).rejects.toThrow(
      'cancelled',
    );
    expect(await it.count('artifact')).toBe(0);
    expect(await stepOf(run, 'first')).toMatchObject({ status: 'running' });
    expect(echo.folders.map(existsSync)).toEqual([false]);
  });

  test.each<[string, object, object, object]>([
    ['that throws', { misbehave: 'throw' }, {}, { code: 'AWAY', retryable: true }],
    [
      'with a file that was not written',
      { misbehave: 'lie' },
      {},
      { code: 'OUTPUT_INVALID', retryable: false },
    ],
    ['with too large an output', { misbehave: 'bloat' }, {}, { code: 'OUTPUT_TOO_LARGE', retryable: false }],
    ['with a bad input', { text: '' }, {}, { code: 'VALIDATION_ERROR', issues: [{ path: '/text' }] }],
    [
      'with a version that is not here',
      {},
      { skillVersion: '9.0.0' },
      { code: 'SKILL_UNKNOWN', retryable: false },
    ],
  ])('%s caches nothing', async (_name, input, more, error) => {
    const run = await it.newRun();
    const request = stepRequest(run, 'first', { text: newText(), ...input }, more);
    expect(await lookUpFrontier(it.engine, [request])).toEqual([{ kind: 'miss' }]);
    await expect(executeStep(it.engine, request, hooks())).rejects.toMatchObject(error);
    expect(await it.count('artifact')).toBe(0);
    expect(await it.count('step_cache')).toBe(0);
  });

  test('after a failed one goes on from there', async () => {
    const run = await it.newRun();
    let tries = 0;
    echo.hold = () => {
      tries += 1;
      return tries === 1 ? Promise.reject(new Error('first try')) : Promise.resolve();
    };
    const request = stepRequest(run, 'first', { text: newText() });
    await expect(executeStep(it.engine, request, hooks())).rejects.toThrow('first try');
    expect(await executeStep(it.engine, request, hooks({ attempt: 2 }))).toMatchObject({ kind: 'done' });
    expect(await stepOf(run, 'first')).toMatchObject({ status: 'completed', attempt: 2, error: null });
  });
});
