import { writtenEvents } from '@cairn/dao/testing';
import { chmod, open, rm, stat, truncate, utimes, writeFile } from 'node:fs/promises';
import { sha256 } from '@cairn/canonical';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { FileRef } from '@cairn/skill-kit';
import { skillSteps, type StepRequest } from '@cairn/pipeline';
import { newId } from '@cairn/dao';
import { endRun } from '../runs/end-run.js';
import { producersOf } from '../runs/producers-of.js';
import { echo } from '../testing/fixtures/echo-state.js';
import { echoWorkflow } from '../testing/fixtures/echo.workflow.js';
import { hooks, startTestEngine, stepRequest, TENANT, type TestEngine } from '../testing/test-engine.js';
import { executeStep } from './execute-step.js';
import { lookUpFrontier } from './look-up-frontier.js';
import { prepareStep } from './prepare-step.js';
import { repairStep } from './repair-step.js';
import { storeOutputs } from './store-outputs.js';

let it: TestEngine;
beforeAll(async () => void (it = await startTestEngine()));
afterAll(() => it.stop());
beforeEach(() => it.reset());

let texts = 0;
const newText = () => `damaged ${process.pid} ${(texts += 1)}`;
type More = Parameters<typeof stepRequest>[3];
const request = async (input: object, more: More = {}) =>
  stepRequest(await it.newRun(), 'first', input, more);
/** A new run's step `first`, executed, with the file that it said. */
async function executed(input: object, more: More = {}) {
  const step = await request(input, more);
  const answer = await executeStep(it.engine, step, hooks());
  if (answer.kind !== 'done') throw new Error(answer.kind);
  const { said } = answer.output as { said: FileRef<'text/plain'> };
  return { step, said, path: it.engine.store.uri(TENANT, said.digest) };
}
const events = async () =>
  (await writtenEvents(it.dataSource, TENANT))
    .filter(({ type }) => !/^(run|step)\./.test(type))
    .map(({ type, data }) => ({ type, data }));
const bytesAre = (digest: string) => it.engine.store.verify(TENANT, digest).then(() => 'right');
const lookUp = async (step: StepRequest) => (await lookUpFrontier(it.engine, [step]))[0]!.kind;

/** One bit of a file, with its size and the time of its last write as they were. */
async function flipOneBit(path: string): Promise<void> {
  const { atime, mtime } = await stat(path);
  await chmod(path, 0o644);
  const file = await open(path, 'r+');
  const { buffer } = await file.read(Buffer.alloc(1), 0, 1, 0);
  buffer[0]! ^= 1;
  await file.write(buffer, 0, 1, 0);
  await file.close();
  await utimes(path, atime, mtime);
}
const DAMAGE: [string, (path: string) => Promise<void>, string][] = [
  ['deleted', path => rm(path), 'missing'],
  [
    'truncated',
    async path => {
      await chmod(path, 0o644);
      await truncate(path, 3);
    },
    'corrupt',
  ],
  ['changed by one bit, its size and time kept', flipOneBit, 'corrupt'],
];

describe.each(DAMAGE)('a blob that was %s under a live entry', (_how, damage, problem) => {
  test('is no hit; what executes heals the entry, and says so', async () => {
    const text = newText();
    const { step, said, path } = await executed({ text });
    await damage(path);
    const again = await request({ text });
    expect(await lookUp(again)).toBe('miss');
    expect(await executeStep(it.engine, again, hooks())).toMatchObject({ kind: 'done', fromCache: false });
    expect(echo.calls).toEqual([text, text]);
    expect(await bytesAre(said.digest)).toBe('right');
    const doc = sha256(`{"text":"${text}"}`);
    const { cacheKey } = (await it.records.steps.getStep(TENANT, step.runId, 'first'))!;
    expect(await events()).toEqual([
      {
        type: 'cache.entry_healed',
        data: { cacheKey, before: [said.digest, doc], after: [said.digest, doc] },
      },
      { type: 'blob.damaged', data: { digest: said.digest, problem } },
    ]);
    expect(await lookUp(await request({ text }))).toBe('settled');
    expect(await it.count('step_cache')).toBe(1);
  });

  test('is made again from what it was made of then, values outside the key included', async () => {
    const text = newText();
    const { said, path } = await executed({ text }, { fullInput: { text, at: 'monday' } });
    await damage(path);
    const tuesday = await request({ text }, { fullInput: { text, at: 'tuesday' } });
    const answer = await executeStep(it.engine, tuesday, hooks());
    expect((answer as { output: { said: FileRef } }).output.said.digest).toBe(said.digest);
    expect(said.digest).toBe(sha256(`${text} at monday`));
  });

  test('is made again from the values of the step in hand where those of then do not fit any more', async () => {
    const text = newText();
    const { path } = await executed({ text }, { fullInput: { text, at: 'monday' } });
    await it.dataSource.query(`UPDATE "step_cache" SET "fullInput" = '{"text":""}'`);
    await damage(path);
    const { said } = await executed({ text }, { fullInput: { text, at: 'tuesday' } });
    expect(said.digest).toBe(sha256(`${text} at tuesday`));
    expect(await it.dataSource.query('SELECT 1 FROM "step_claim"')).toEqual([]);
  });

  test('was made without values outside the key, and is made again without', async () => {
    const text = newText();
    const { said, path } = await executed({ text });
    const hit = await request({ text }, { fullInput: { text, at: 'tuesday' } });
    expect(await lookUp(hit)).toBe('settled');
    await damage(path);
    expect(await repairStep(it.engine, hit, hooks())).toMatchObject({ kind: 'done' });
    await damage(path);
    const { said: healed } = await executed({ text }, { fullInput: { text, at: 'friday' } });
    expect(healed.digest).toBe(said.digest);
  });

  test('is not believed because a step passes it on unread', async () => {
    const { said, path } = await executed({ text: newText() });
    await damage(path);
    const passing = await request({ text: newText(), of: said });
    const step = await prepareStep(passing, it.engine.skills, it.engine.resources);
    const execution = { written: new Set<string>(), signal: hooks().signal };
    await expect(storeOutputs(it.engine, step, { said, doc: { text: '' } }, execution)).rejects.toMatchObject(
      {
        code: 'INPUT_DAMAGED',
        digests: [said.digest],
      },
    );
  });

  test('is told of each time that it is repaired', async () => {
    const { step, said, path } = await executed({ text: newText() });
    for (const _time of [1, 2]) {
      await damage(path);
      await repairStep(it.engine, step, hooks());
    }
    const repaired = { type: 'artifact.repaired', data: { digests: [said.digest] } };
    expect((await events()).filter(({ type }) => type === 'artifact.repaired')).toEqual([repaired, repaired]);
  });

  test('that another execution gives otherwise is replaced', async () => {
    const text = newText();
    const { said, path } = await executed({ text, misbehave: 'moody' });
    await damage(path);
    const { said: other } = await executed({ text, misbehave: 'moody' });
    expect(other.digest).not.toBe(said.digest);
    expect((await events()).map(({ type }) => type)).toEqual(['cache.entry_replaced', 'blob.damaged']);
    const third = await request({ text, misbehave: 'moody' });
    expect(await lookUp(third)).toBe('settled');
  });

  test('never reaches a consumer, and is repaired under a step that is done', async () => {
    const { step: producer, said, path } = await executed({ text: newText() });
    await damage(path);
    const consumer = await request({ text: newText(), of: said });
    await expect(executeStep(it.engine, consumer, hooks())).rejects.toMatchObject({
      code: 'INPUT_DAMAGED',
      digests: [said.digest],
    });
    expect(await it.dataSource.query('SELECT 1 FROM "step_claim"')).toEqual([]);
    expect(await repairStep(it.engine, producer, hooks())).toMatchObject({ kind: 'done' });
    expect(await bytesAre(said.digest)).toBe('right');
    expect((await events())[0]).toEqual({ type: 'artifact.repaired', data: { digests: [said.digest] } });
    expect(await executeStep(it.engine, consumer, hooks({ attempt: 2 }))).toMatchObject({ kind: 'done' });
  });

  test('that cannot be made again is lost, and said to be', async () => {
    const { step: producer, said, path } = await executed({ text: newText(), misbehave: 'moody' });
    await damage(path);
    await expect(repairStep(it.engine, producer, hooks())).rejects.toMatchObject({
      code: 'ARTIFACT_LOST',
      retryable: false,
    });
    expect((await events())[0]).toEqual({ type: 'artifact.lost', data: { digests: [said.digest] } });
    expect(await it.dataSource.query('SELECT 1 FROM "step_claim"')).toEqual([]);
  });

  test('keeps the run that would deliver it from ending well', async () => {
    const { step, said, path } = await executed({ text: newText() });
    await it.records.runs.markRunning(TENANT, step.runId);
    await damage(path);
    const { runId } = step;
    const ending = { tenantId: TENANT, runId, status: 'completed' as const, output: { deep: [{ said }] } };
    expect(await endRun(it.engine, ending)).toEqual({ kind: 'damaged', digests: [said.digest] });
    expect((await it.records.runs.getRun(TENANT, runId))!.status).toBe('running');
    await repairStep(it.engine, step, hooks());
    expect(await endRun(it.engine, ending)).toEqual({ kind: 'ended' });
    expect((await it.records.runs.getRun(TENANT, runId))!.status).toBe('completed');
  });
});

test('a document of a step that delivers is verified and repaired too', async () => {
  const text = newText();
  const { step } = await executed({ text });
  await it.records.runs.markRunning(TENANT, step.runId);
  const doc = sha256(`{"text":"${text}"}`);
  await rm(it.engine.store.uri(TENANT, doc));
  const { runId } = step;
  const ending = { tenantId: TENANT, runId, status: 'completed' as const, output: text, delivers: ['first'] };
  expect(await endRun(it.engine, ending)).toEqual({ kind: 'damaged', digests: [doc] });
  const unknown = sha256('nobody made this');
  const { requests, lost } = await producersOf(it.dataSource, { tenantId: TENANT, runId }, 'w', [
    doc,
    unknown,
  ]);
  expect(lost).toEqual([unknown]);
  // As the graph that is pinned to the run has it.
  const { policy } = skillSteps(echoWorkflow.graph)[0]!;
  expect(requests).toEqual([
    {
      ...step,
      policy,
      workflowId: 'w',
      workflowName: 'toy.echo',
      keyedInput: expect.objectContaining({ text }),
    },
  ]);
  await repairStep(it.engine, step, hooks());
  expect(await bytesAre(doc)).toBe('right');
  expect(await endRun(it.engine, ending)).toEqual({ kind: 'ended' });
});

test('what a trigger brought has no step that could make it again', async () => {
  const { step, said } = await executed({ text: newText() });
  const ref = { tenantId: TENANT, runId: step.runId };
  const [row] = await it.records.artifacts.listArtifactsOfSteps(TENANT, step.runId, ['first']);
  const brought = sha256('a logo');
  await it.records.artifacts.insertArtifacts([{ ...row!, id: newId(), stepId: null, contentHash: brought }]);
  const { requests, lost } = await producersOf(it.dataSource, ref, 'w', [said.digest, brought]);
  expect(requests.map(({ stepId }) => stepId)).toEqual(['first']);
  expect(lost).toEqual([brought]);
});

test('a step that has waited executes when both the execution and the entry that it left are damaged', async () => {
  const text = newText();
  let begin = () => undefined as void;
  let release = () => undefined as void;
  const begun = new Promise<void>(resolve => (begin = resolve));
  const held = new Promise<void>(resolve => (release = resolve));
  echo.hold = () => (begin(), held);
  const execution = executeStep(it.engine, await request({ text }), hooks());
  await begun;
  const waiter = await request({ text });
  expect(await executeStep(it.engine, waiter, hooks())).toMatchObject({ kind: 'waiting' });
  release();
  const { output } = (await execution) as unknown as { output: { said: FileRef } };
  await rm(it.engine.store.uri(TENANT, output.said.digest));
  const answer = await executeStep(it.engine, { ...waiter, waited: true }, hooks());
  expect(answer).toMatchObject({ kind: 'done', fromCache: false });
  expect(await bytesAre(output.said.digest)).toBe('right');
});

test('bytes are announced when the database is back: what a skill has made stays', async () => {
  const { manager } = it.dataSource;
  const query = manager.query.bind(manager);
  let refusals = 0;
  manager.query = ((sql: string, ...more: []) => {
    if (!sql.includes('INTO "blob_lease"') || refusals === 2) return query(sql, ...more);
    refusals += 1;
    return Promise.reject(Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' }));
  }) as typeof query;
  await executed({ text: newText() }).finally(() => (manager.query = query));
  expect([refusals, echo.calls.length]).toEqual([2, 1]);
});

describe('a hit', () => {
  const readings = async (work: () => Promise<unknown>) => {
    const { store } = it.engine;
    const verify = store.verify.bind(store);
    const read: string[] = [];
    store.verify = (tenantId, digest) => {
      read.push(digest);
      return verify(tenantId, digest);
    };
    await work().finally(() => (store.verify = verify));
    return read;
  };

  test('believes bytes that nobody has written to since they were stored', async () => {
    const text = newText();
    await executed({ text });
    const step = await request({ text });
    expect(await readings(() => lookUp(step))).toEqual([]);
  });

  test('reads bytes that were written to, once', async () => {
    const text = newText();
    const { said, path } = await executed({ text });
    await chmod(path, 0o644);
    await writeFile(path, text);
    const [one, two] = [await request({ text }), await request({ text })];
    expect(await readings(() => lookUp(one))).toEqual([said.digest]);
    expect(await readings(() => lookUp(two))).toEqual([]);
  });

  test('reads bytes that were last read too long ago', async () => {
    const text = newText();
    const { said } = await executed({ text });
    await it.dataSource.query(`UPDATE "blob" SET "verifiedAt" = clock_timestamp() - interval '25 hours'`);
    const step = await request({ text });
    expect(await readings(() => lookUp(step))).toContain(said.digest);
  });
});
