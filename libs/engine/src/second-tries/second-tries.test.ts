import { rm } from 'node:fs/promises';
import { digestOf, sha256 } from '@cairn/canonical';
import type { Catalog } from '@cairn/catalog';
import { newId, transaction } from '@cairn/dao';
import {
  defineWorkflow,
  present,
  stepRequest,
  text,
  unkeyed,
  walkOfRun,
  type OpenedRun,
} from '@cairn/pipeline';
import { Type, type AnySkill } from '@cairn/skill-kit';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { endRun } from '../runs/end-run.js';
import { openRun } from '../runs/open-run.js';
import { RunService } from '../runs/run-service.js';
import { failStep, skipByCondition } from '../runs/step-records.js';
import { settleRun } from '../runs/settle-run.js';
import { executeStep } from '../steps/execute-step.js';
import { lookUpFrontier } from '../steps/look-up-frontier.js';
import { echo } from '../testing/fixtures/echo-state.js';
import { echoSkill } from '../testing/fixtures/echo.skill.js';
import { hooks, silent, startTestEngine, TENANT, type TestEngine } from '../testing/test-engine.js';
import { storeUpload } from '../uploads/upload.js';
import { SecondTries } from './second-tries.js';

/** first → second → fourth, each with another input; third stands alone and may be left out. */
const chain = defineWorkflow(
  {
    name: 'toy.chain',
    version: '1.1.0',
    trigger: Type.Object(
      {
        text: Type.String(),
        times: Type.Integer({ default: 1 }),
        extra: Type.Optional(Type.String()),
      },
      { additionalProperties: false },
    ),
    rules: trigger =>
      trigger.text === 'forbidden'
        ? [{ path: '/text', code: 'TEXT_FORBIDDEN', message: 'is forbidden' }]
        : [],
    search: { text: t => t.text },
  },
  (w, t) => {
    const first = w.step('first', echoSkill, { text: t.text, times: t.times, at: unkeyed(w.run.created_at) });
    const second = w.step('second', echoSkill, { text: text`${first.doc.text} b`, times: 1 });
    w.step('third', echoSkill, { text: 'third', times: 1 }, { when: present(t.extra) });
    const fourth = w.step('fourth', echoSkill, { text: text`${second.doc.text} c`, times: 1 });
    return { said: fourth.said };
  },
);

/** Twenty documents of 60 KB each, and a step that fails. */
const bulky = defineWorkflow(
  { name: 'toy.bulky', version: '1.0.0', trigger: Type.Object({}, { additionalProperties: false }) },
  w => {
    const texts = Array.from({ length: 20 }, (_, at) => String.fromCharCode(97 + at).repeat(60_000));
    const docs = texts.map((text, at) => w.step(`doc_${at}`, echoSkill, { text, times: 1 }).doc.text);
    const last = w.step('last', echoSkill, { text: 'last', times: 1 }, { after: docs });
    return { said: last.said };
  },
);

// Real: PostgreSQL, the file store, the skill. A test plays Temporal and the interpreter.
let it: TestEngine;
let tries: SecondTries;
let offered: Catalog['workflow'];
let runs: RunService;
beforeAll(async () => {
  it = await startTestEngine();
  const parts = {
    dataSource: it.dataSource,
    store: it.engine.store,
    verifyAfterMs: it.engine.verifyAfterMs,
    control: it.control,
    triggerServices: { resource: () => undefined },
    log: silent,
  };
  const skills = [{ skill: echoSkill as unknown as AnySkill, run: '', packageName: 'test' }];
  tries = new SecondTries({
    ...parts,
    catalog: { workflows: [], skills, workflow: (...asked) => offered(...asked) },
  });
  const workflow = (name: string) => [chain, bulky].find(each => each.name === name);
  runs = new RunService({ ...parts, catalog: { workflows: [], skills, workflow } });
});
afterAll(() => it.stop());
beforeEach(async () => {
  await it.reset();
  offered = () => chain;
});

let names = 0;
/** A text that no earlier test has used. */
const newText = () => `try ${process.pid} ${(names += 1)}`;
const ref = (runId: string) => ({ tenantId: TENANT, runId });
const open = (runId: string) => openRun(it.engine, ref(runId));
const runOf = async (runId: string) => (await it.records.runs.getRun(TENANT, runId))!;
const stepsOf = (runId: string) => it.records.steps.listSteps(TENANT, runId);
const states = async (runId: string) =>
  Object.fromEntries((await stepsOf(runId)).map(({ stepId, status, reason }) => [stepId, reason ?? status]));
const artifactsOf = async (runId: string) =>
  (await it.records.artifacts.listArtifactsOfRun(TENANT, runId, { limit: 200 })).rows;

/** Does what the interpreter does, until the run is over, or reaches the step that is to fail. */
async function drive(runId: string, failing?: string): Promise<OpenedRun> {
  const opened = await open(runId);
  const walk = walkOfRun(opened);
  for (let ready = walk.ready(); ready.length > 0; ready = walk.ready())
    for (const node of ready) {
      if (node.kind !== 'step') throw new Error(`a test of steps, not of a ${node.kind}`);
      if (walk.isOff(node)) {
        walk.leaveOut(node.id);
        await skipByCondition(it.dataSource, ref(runId), [node.id]);
      } else if (node.id === failing) {
        const failure = { code: 'TOLD_TO', message: 'was told to fail' };
        const blocked = walk.blockedBy(node.id);
        await failStep(it.dataSource, { ...ref(runId), stepId: node.id, ...failure, blocked });
        walk.settle(node.id, { kind: 'failed', ...failure });
        walk.block(node.id);
      } else {
        const request = stepRequest({ run: ref(runId), workflowId: 'w', setting: opened }, walk, node);
        const [found] = await lookUpFrontier(it.engine, [request]);
        const end = found?.kind === 'settled' ? found.step : await executeStep(it.engine, request, hooks());
        if (end.kind === 'waiting') throw new Error('nobody else executes the same');
        walk.settle(node.id, end);
      }
    }
  const failed = walk.firstFailure;
  if (opened.ended) return opened;
  if (failed) await settleRun(it.dataSource, ref(runId), { status: 'failed', code: failed.code });
  else await endRun(it.engine, { ...ref(runId), status: 'completed' });
  return opened;
}
/** A run of toy.chain that failed at its step `fourth`, in which `third` was left out. */
async function failedRun(trigger: object = {}, options: object = {}): Promise<string> {
  const request = { workflow: 'toy.chain', trigger: { text: newText(), ...trigger }, options };
  const { run } = await runs.create(TENANT, request);
  await drive(run.id, 'fourth');
  echo.calls.length = 0;
  return run.id;
}
/** Until so many connections to this test's database wait for a row that is locked. */
async function untilTheyWait(connections: number): Promise<void> {
  for (let waiting = 0; waiting < connections;) {
    const [row] = await it.dataSource.query<{ waiting: number }[]>(
      `SELECT count(*)::int AS waiting FROM pg_stat_activity
        WHERE "datname" = current_database() AND "wait_event_type" = 'Lock'`,
    );
    waiting = row!.waiting;
  }
}
const retry = async (runId: string) => (await tries.retry(TENANT, runId)).run.id;
const fork = async (runId: string, request: Parameters<SecondTries['fork']>[2]) =>
  (await tries.fork(TENANT, runId, request)).run.id;

describe('a retry', () => {
  test('is pinned to the same graph, trigger, options, edits and family, and is started', async () => {
    const old = await failedRun({}, { refresh: ['second'] });
    const id = await retry(old);
    const [before, after] = [await runOf(old), await runOf(id)];
    expect(after).toMatchObject({
      status: 'queued',
      retryOfRunId: old,
      rootRunId: old,
      graphDigest: digestOf(chain.graph),
      trigger: before.trigger,
      options: { refresh: ['second'] },
      workflowVersion: '1.1.0',
    });
    expect(it.control.started.at(-1)).toMatchObject({
      runId: id,
      tags: [`text:${String(before.trigger['text'])}`],
    });
    expect(new Set(Object.values(await states(id)))).toEqual(new Set(['pending']));
  });

  test('takes over what is done as it opens, with artifacts of its own, and executes the rest', async () => {
    const old = await failedRun();
    const id = await retry(old);
    const opened = await drive(id);
    expect(Object.keys(opened.settled).sort()).toEqual(['first', 'second', 'third']);
    expect(echo.calls).toHaveLength(1);
    expect(await states(id)).toEqual({
      first: 'cache_hit',
      second: 'cache_hit',
      third: 'condition_false',
      fourth: 'completed',
    });
    const [was, is] = [await stepsOf(old), await stepsOf(id)].map(rows => rows[0]!);
    for (const field of ['output', 'inputHash', 'cacheKey', 'keyIngredients', 'fullInput'] as const)
      expect(is![field]).toEqual(was![field]);
    expect([is!.madeByRunId, is!.cacheHit, is!.status]).toEqual([old, true, 'skipped']);
    const [theirs, own] = [await artifactsOf(old), await artifactsOf(id)];
    expect(
      own
        .filter(({ stepId }) => stepId === 'first')
        .map(({ id }) => id)
        .sort(),
    ).toEqual([...is!.outputArtifactIds].sort());
    expect(own.some(artifact => theirs.some(({ id }) => id === artifact.id))).toBe(false);
    const { context } = await runOf(id);
    expect(Object.keys(context['artifacts'] as object).sort()).toEqual(['first', 'fourth', 'second']);
  });

  test.each<[string, object, () => Promise<unknown>]>([
    ['is not in the cache any more', {}, () => it.dataSource.query('TRUNCATE "step_cache"')],
    ['was never in it', { bypass: true }, () => Promise.resolve()],
    ['was renewed', { refresh: true }, () => Promise.resolve()],
  ])('takes over what %s', async (_what, options, meanwhile) => {
    const old = await failedRun({}, options);
    await meanwhile();
    const id = await retry(old);
    await drive(id);
    expect(echo.calls).toHaveLength(1);
    // And its own retry takes over from it what it has taken over.
    await it.dataSource.query(`UPDATE "run" SET "status" = 'failed' WHERE "id" = $1`, [id]);
    const again = await retry(id);
    await drive(again);
    expect(echo.calls).toHaveLength(1);
    const rows = await stepsOf(again);
    expect(rows.map(({ stepId, madeByRunId }) => [stepId, madeByRunId])).toEqual([
      ['first', old],
      ['second', old],
      ['third', null],
      ['fourth', id],
    ]);
    expect((await runOf(again)).rootRunId).toBe(old);
  });

  test('opened twice at once, or again, takes over once', async () => {
    const id = await retry(await failedRun());
    let both: Promise<unknown> | undefined;
    await transaction(it.dataSource, async tx => {
      await tx.steps.lockSteps(TENANT, id, ['first']);
      both = Promise.all([open(id), open(id)]);
      // Both have seen that there is something to take over.
      await untilTheyWait(2);
    });
    await both;
    const before = await artifactsOf(id);
    expect(before).toHaveLength(4);
    expect(Object.keys((await open(id)).settled).sort()).toEqual(['first', 'second', 'third']);
    expect(await artifactsOf(id)).toEqual(before);
  });

  test('does not take over what has lost its bytes, nor what depends on it', async () => {
    const old = await failedRun();
    const { text } = (await runOf(old)).trigger as { text: string };
    const first = (await stepsOf(old))[0]!;
    const at = (first.output as { said: { digest: string } }).said.digest;
    await rm(it.engine.store.uri(TENANT, at));
    await it.dataSource.query(`DELETE FROM "step_cache" WHERE "stepId" = 'second'`);
    const id = await retry(old);
    const opened = await drive(id);
    expect(Object.keys(opened.settled)).toEqual(['third']);
    expect(echo.calls).toEqual([text, `${text} b`, `${text} b c`]);
    expect(await it.engine.store.stat(TENANT, at)).not.toBe(undefined);
  });

  test('of a run that is gone by the time it begins does everything', async () => {
    const old = await failedRun();
    await it.dataSource.query('TRUNCATE "step_cache"');
    const id = await retry(old);
    await it.records.retention.deleteRuns(TENANT, [old]);
    await drive(id);
    expect((await runOf(id)).status).toBe('completed');
    expect(echo.calls).toHaveLength(3);
  });

  test('keeps the files of the trigger', async () => {
    const old = await failedRun();
    const upload = await storeUpload(it.engine, TENANT, {
      source: Buffer.from('a logo'),
      type: 'image/logo',
      filename: 'logo.png',
      digests: [],
      maxBytes: 100,
    });
    const row = { ...(await it.records.artifacts.getArtifact(TENANT, upload.id))!, id: newId() };
    await it.records.artifacts.insertArtifacts([{ ...row, runId: old, name: 'logo', stepId: null }]);
    const given = (await artifactsOf(await retry(old))).map(artifact => [
      artifact.name,
      artifact.stepId,
      artifact.contentHash,
      artifact.skillId,
      artifact.filename,
    ]);
    expect(given).toEqual([['logo', null, sha256('a logo'), 'upload', 'logo.png']]);

    await rm(it.engine.store.uri(TENANT, sha256('a logo')));
    await expect(retry(old)).rejects.toMatchObject({ code: 'ARTIFACT_LOST' });
    expect(await it.count('run')).toBe(2);
  });

  test('is refused for a run that is not over, has completed, or is of another tenant', async () => {
    const { run } = await runs.create(TENANT, { workflow: 'toy.chain', trigger: { text: newText() } });
    await expect(retry(run.id)).rejects.toMatchObject({ code: 'RUN_NOT_RETRYABLE' });
    await drive(run.id);
    await expect(retry(run.id)).rejects.toMatchObject({ code: 'RUN_NOT_RETRYABLE' });
    const old = await failedRun();
    await expect(tries.retry('other', old)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect(await it.count('run')).toBe(2);
  });

  test('needs no catalog that still has the version', async () => {
    const old = await failedRun();
    offered = () => undefined;
    await drive(await retry(old));
    expect(echo.calls).toHaveLength(1);
    const trigger = { text: 'another' };
    await expect(fork(old, { from: 'second', trigger })).rejects.toMatchObject({
      code: 'WORKFLOW_VERSION_GONE',
    });
    expect((await runOf(await fork(old, { from: 'second' }))).forkFromStepId).toBe('second');
  });

  test('gives a workflow no more than travels in one answer; the rest is given when it is asked for', async () => {
    const { run } = await runs.create(TENANT, { workflow: 'toy.bulky', trigger: {} });
    await drive(run.id, 'last');
    expect(echo.calls).toHaveLength(20);
    const id = await retry(run.id);
    const opened = await drive(id);
    expect(Object.keys(opened.settled).length).toBeLessThan(20);
    expect(JSON.stringify(opened.settled).length).toBeLessThan(1.2 * 2 ** 20);
    expect(echo.calls.slice(20)).toEqual(['last']);
  });
});

describe('a fork', () => {
  test('does its step and what depends on it; all else stays, whatever the trigger says now', async () => {
    const old = await failedRun();
    const { text } = (await runOf(old)).trigger as { text: string };
    await it.dataSource.query('TRUNCATE "step_cache"');
    const id = await fork(old, { from: 'second', trigger: { text: 'other', times: 2, extra: 'x' } });
    await drive(id);
    expect(await states(id)).toEqual({
      first: 'cache_hit',
      second: 'completed',
      third: 'condition_false',
      fourth: 'completed',
    });
    expect(echo.calls).toEqual([`${text} b`, `${text} b c`]);
    expect((await runOf(id)).trigger).toEqual({ text: 'other', times: 2, extra: 'x' });
  });

  test('from a step takes what depends on it through the cache', async () => {
    const old = await failedRun();
    const id = await fork(old, { from: 'first' });
    const opened = await drive(id);
    expect(opened.settled).toMatchObject({ first: { fromCache: true }, second: { fromCache: true } });
    const entry = await it.records.cache.findLive(TENANT, [(await stepsOf(id))[0]!.cacheKey!]);
    await it.engine.hits.flush();
    expect(entry).toHaveLength(1);
    expect((await it.records.cache.getEntry(TENANT, entry[0]!.cacheKey))!.hitCount).toBe(1);
  });

  test('gives the edited step another input and another key', async () => {
    const old = await failedRun();
    const id = await fork(old, { from: 'first', input: { text: 'edited', at: 'noon' } });
    await drive(id);
    expect(echo.calls).toEqual(['edited', 'edited b', 'edited b c']);
    const [was, is] = [await stepsOf(old), await stepsOf(id)].map(rows => rows[0]!);
    expect(is!.cacheKey).not.toBe(was!.cacheKey);
    // What was outside the key is in it once it is edited: its value is somebody's choice now.
    expect(is!.keyIngredients).toMatchObject({ input: { text: 'edited', at: 'noon', times: 1 } });
    expect(is!.fullInput).toMatchObject({ at: 'noon' });
  });

  test('of a fork keeps its edits, and a retry of it too', async () => {
    const one = await fork(await failedRun(), { from: 'first', input: { text: 'one' } });
    await drive(one, 'fourth');
    const two = await fork(one, { from: 'first', input: { times: 3 } });
    expect((await runOf(two)).inputEdits).toEqual({ first: { text: 'one', times: 3 } });
    const other = await fork(one, { from: 'second', input: { times: 2 } });
    expect((await runOf(other)).inputEdits).toEqual({ first: { text: 'one' }, second: { times: 2 } });
    const again = await retry(one);
    expect((await runOf(again)).inputEdits).toEqual({ first: { text: 'one' } });
    await drive(again);
    expect(echo.calls).toEqual(['one', 'one b', 'one b c']);
  });

  test.each<[string, Parameters<SecondTries['fork']>[2], string, string]>([
    ['an unknown step', { from: 'fifth' }, '/from', 'STEP_UNKNOWN'],
    [
      'an input of the wrong type',
      { from: 'first', input: { times: 'x' } },
      '/input/times',
      'VALIDATION_ERROR',
    ],
    ['an input that is too short', { from: 'first', input: { text: '' } }, '/input/text', 'VALIDATION_ERROR'],
    [
      'an input without what is needed',
      { from: 'first', input: { text: null } },
      '/input/text',
      'VALIDATION_ERROR',
    ],
    [
      'a member that is none',
      { from: 'first', input: { of: { by: 1 }, txt: 1 } },
      '/input/txt',
      'VALIDATION_ERROR',
    ],
    [
      'a trigger against the rules',
      { from: 'first', trigger: { text: 'forbidden' } },
      '/text',
      'TEXT_FORBIDDEN',
    ],
    [
      'a trigger that JSON cannot carry',
      { from: 'first', trigger: { text: '\ud800' } },
      '/trigger/text',
      'VALIDATION_ERROR',
    ],
  ])('is refused for %s', async (_what, request, path, code) => {
    const old = await failedRun();
    const issues = expect.arrayContaining([expect.objectContaining({ path, code })]);
    await expect(fork(old, request)).rejects.toMatchObject({ code: 'VALIDATION_ERROR', issues });
    expect(await it.count('run')).toBe(1);
  });

  test('leaves an edit that another trigger may make right to the step', async () => {
    const old = await failedRun();
    const id = await fork(old, { from: 'first', trigger: { text: 'x' }, input: { text: '' } });
    await expect(drive(id)).rejects.toMatchObject({ code: 'VALIDATION_ERROR', issues: [{ path: '/text' }] });
  });
});
