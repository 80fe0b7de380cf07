import { digestOf } from '@cairn/canonical';
import { transaction } from '@cairn/dao';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { echoWorkflow } from '../testing/fixtures/echo.workflow.js';
import { silent, startTestEngine, TENANT, type TestEngine } from '../testing/test-engine.js';
import { Reconciler } from './reconciler.js';
import type { WorkflowState } from './run-control.js';
import { endRun } from './end-run.js';
import { openRun } from './open-run.js';
import { failStep, skipByCondition } from './step-records.js';
import { settleRun } from './settle-run.js';

let it: TestEngine;
beforeAll(async () => void (it = await startTestEngine()));
afterAll(() => it.stop());
beforeEach(() => it.reset());

const REQUEST = { workflow: 'toy.echo', trigger: { text: 'hello' } };
const create = (key?: string, request: object = REQUEST) => it.service.create(TENANT, request as never, key);
const runOf = async (runId: string) => (await it.records.runs.getRun(TENANT, runId))!;
const statuses = async (runId: string) =>
  Object.fromEntries(
    (await it.records.steps.listSteps(TENANT, runId)).map(step => [
      step.stepId,
      [step.status, step.reason ?? step.errorCode].filter(Boolean).join(' '),
    ]),
  );
const ref = (runId: string) => ({ tenantId: TENANT, runId });
const begin = (runId: string, stepId: string) =>
  it.records.steps.startAttempt(TENANT, runId, stepId, {
    attempt: 1,
    inputHash: digestOf(1),
    cacheKey: digestOf(2),
  });
/** Until another connection to this test's database waits for a row that is locked. */
const someoneWaitsForALock = async () => {
  for (let waiting = 0; waiting === 0;) {
    const [row] = await it.dataSource.query<{ waiting: number }[]>(
      `SELECT count(*)::int AS waiting FROM pg_stat_activity
        WHERE "datname" = current_database() AND "wait_event_type" = 'Lock'`,
    );
    waiting = row!.waiting;
  }
};
const reconcile = () =>
  new Reconciler(
    { dataSource: it.dataSource, control: it.control, log: silent },
    { startAfterMs: 0, checkEveryMs: 0 },
  ).tick();

describe('a new run', () => {
  test('is written with its steps and its pinned graph, then started', async () => {
    const { run, steps, replayed } = await create();
    expect(replayed).toBe(false);
    expect(await runOf(run.id)).toMatchObject({
      status: 'queued',
      trigger: { text: 'hello', times: 1 },
      workflowVersion: '1.1.0',
      temporalWorkflowId: `run-${run.id}`,
      rootRunId: run.id,
      graphDigest: digestOf(echoWorkflow.graph),
    });
    expect(steps.map(({ stepId, status, inputHash }) => [stepId, status, inputHash])).toEqual(
      echoWorkflow.graph.steps.map(step => [step.id, 'pending', digestOf(step.input)]),
    );
    expect(it.control.started).toEqual([
      {
        runId: run.id,
        tenantId: TENANT,
        workflowName: 'toy.echo',
        workflowVersion: '1.1.0',
        temporalWorkflowId: `run-${run.id}`,
        tags: ['text:hello'],
      },
    ]);
    expect((await runOf(run.id)).startRequestedAt).toBeInstanceOf(Date);
  });

  test.each<[string, object, string, string]>([
    ['an unknown workflow', { workflow: 'none' }, '/workflow', 'WORKFLOW_UNKNOWN'],
    ['an unknown version', { version: '7.0.0' }, '/version', 'WORKFLOW_UNKNOWN'],
    ['a bad trigger', { trigger: { text: '' } }, '/text', 'VALIDATION_ERROR'],
    ['a trigger with an unknown field', { trigger: { text: 'x', txet: 1 } }, '/txet', 'VALIDATION_ERROR'],
    ['no trigger', { trigger: undefined }, '', 'VALIDATION_ERROR'],
    [
      'a trigger that JSON cannot carry',
      { trigger: { text: 'x', times: 2 ** 53 } },
      '/times',
      'VALIDATION_ERROR',
    ],
    ['a trigger against the rules', { trigger: { text: 'forbidden' } }, '/text', 'TEXT_FORBIDDEN'],
  ])('refused for %s leaves no row and starts nothing', async (_name, more, path, code) => {
    await expect(create('key', { ...REQUEST, ...more })).rejects.toMatchObject({
      code: 'VALIDATION_ERROR',
      issues: [{ path, code }],
    });
    expect([await it.count('run'), await it.count('run_step')]).toEqual([0, 0]);
    expect(it.control.started).toEqual([]);
  });

  test('stays queued when Temporal is away; the reconciler starts it', async () => {
    it.control.refused.add('all');
    const { run } = await create();
    expect(await runOf(run.id)).toMatchObject({ status: 'queued', startRequestedAt: null });
    await expect(reconcile()).rejects.toThrow('no Temporal');
    it.control.refused.clear();
    expect(await reconcile()).toEqual({ started: 1, settled: 0, stopped: 0 });
    expect(it.control.started).toMatchObject([{ runId: run.id, tags: ['text:hello'] }]);
  });
});

describe('an idempotency key', () => {
  test('gives the first run again, however the body is written', async () => {
    const first = await create('key');
    const again = await create('key', { trigger: { text: 'hello' }, workflow: 'toy.echo' });
    expect(again).toMatchObject({ run: { id: first.run.id }, replayed: true });
    expect(again.steps).toHaveLength(4);
    expect([await it.count('run'), it.control.started.length]).toEqual([1, 1]);
  });

  test.each([
    ['trigger', { trigger: { text: 'other' } }],
    ['version', { version: '1.1.0' }],
  ])('with another %s is refused', async (_name, more) => {
    await create('key');
    await expect(create('key', { ...REQUEST, ...more })).rejects.toMatchObject({
      code: 'IDEMPOTENCY_KEY_REUSED',
    });
    expect(await it.count('run')).toBe(1);
  });

  test('used by ten at once makes one run', async () => {
    const made = await Promise.all(Array.from({ length: 10 }, () => create('key')));
    expect(new Set(made.map(({ run }) => run.id)).size).toBe(1);
    expect(made.filter(({ replayed }) => !replayed)).toHaveLength(1);
    expect([await it.count('run'), await it.count('run_step')]).toEqual([1, 4]);
    expect(it.control.started).toHaveLength(1);
  });

  test('of another tenant is another key', async () => {
    const mine = await create('key');
    const theirs = await it.service.create('other', REQUEST, 'key');
    expect(theirs.run.id).not.toBe(mine.run.id);
  });
});

describe('cancelling', () => {
  test('asks Temporal; the workflow ends the run', async () => {
    const { run } = await create();
    expect(await it.service.cancel(TENANT, run.id)).toMatchObject({ status: 'queued' });
    expect(it.control.cancelled).toEqual([run.temporalWorkflowId]);
  });

  test('ends a run that Temporal never got, also while Temporal is away', async () => {
    it.control.refused.add('all');
    const { run } = await create();
    expect(await it.service.cancel(TENANT, run.id)).toMatchObject({ status: 'cancelled' });
    expect(new Set(Object.values(await statuses(run.id)))).toEqual(new Set(['skipped cancelled']));
    it.control.refused.clear();
    expect(await reconcile()).toEqual({ started: 0, settled: 0, stopped: 0 });
  });

  test.each(['completed', 'terminated'] as const)(
    'leaves a run whose workflow was just %s to the reconciler',
    async state => {
      const { run } = await create();
      await openRun(it.engine, ref(run.id));
      it.control.states.set(run.temporalWorkflowId, state);
      expect(await it.service.cancel(TENANT, run.id)).toMatchObject({ status: 'running', errorCode: null });
      expect(await reconcile()).toEqual({ started: 0, settled: 1, stopped: 0 });
      expect(await runOf(run.id)).toMatchObject({ status: 'failed' });
    },
  );

  test('ends a queued run that Temporal has lost, and leaves a running one to the reconciler', async () => {
    const queued = await create();
    const running = await create();
    await openRun(it.engine, ref(running.run.id));
    for (const { run } of [queued, running]) it.control.states.set(run.temporalWorkflowId, 'not_found');
    expect(await it.service.cancel(TENANT, queued.run.id)).toMatchObject({ status: 'cancelled' });
    expect(await it.service.cancel(TENANT, running.run.id)).toMatchObject({ status: 'running' });
  });

  test('fails when Temporal has the run and is away', async () => {
    const { run } = await create();
    it.control.refused.add('all');
    await expect(it.service.cancel(TENANT, run.id)).rejects.toThrow('no Temporal');
    expect(await runOf(run.id)).toMatchObject({ status: 'queued' });
  });

  test('changes nothing about a run that has ended', async () => {
    const { run } = await create();
    await openRun(it.engine, ref(run.id));
    await endRun(it.engine, { ...ref(run.id), status: 'completed', output: 1 });
    expect(await it.service.cancel(TENANT, run.id)).toMatchObject({ status: 'completed' });
    expect(it.control.cancelled).toEqual([]);
  });

  test("does not find another tenant's run", async () => {
    const { run } = await create();
    await expect(it.service.cancel('other', run.id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});

describe('taking a run up', () => {
  test('marks it running and gives what the interpreter needs', async () => {
    const { run } = await create();
    const opened = await openRun(it.engine, ref(run.id));
    expect(opened).toEqual({
      ended: false,
      workflowName: 'toy.echo',
      graph: echoWorkflow.graph,
      trigger: { text: 'hello', times: 1 },
      facts: { id: run.id, created_at: run.createdAt.toISOString(), tenant: TENANT },
      rootRunId: run.id,
      options: {},
      misses: ['first'],
      settled: {},
    });
    expect(await runOf(run.id)).toMatchObject({ status: 'running' });
  });

  test('again tells how each step ended', async () => {
    const { run } = await create();
    await openRun(it.engine, ref(run.id));
    await begin(run.id, 'first');
    await it.records.steps.completeStep(TENANT, run.id, 'first', {
      outputArtifactIds: [],
      output: { a: 1 },
      cacheHit: false,
      durationMs: 1,
    });
    await skipByCondition(it.dataSource, ref(run.id), ['third']);
    await failStep(it.dataSource, {
      ...ref(run.id),
      stepId: 'second',
      code: 'AWAY',
      message: 'no',
      blocked: ['fourth'],
    });
    const { settled, ended } = await openRun(it.engine, ref(run.id));
    expect(ended).toBe(false);
    expect(settled).toEqual({
      first: { kind: 'done', output: { a: 1 }, fromCache: false },
      second: { kind: 'failed', code: 'AWAY', message: 'no' },
      third: { kind: 'skipped', reason: 'condition_false' },
      fourth: { kind: 'skipped', reason: 'blocked' },
    });
  });

  test('keeps a result that was recorded before its attempt was given up', async () => {
    const { run } = await create();
    await openRun(it.engine, ref(run.id));
    await begin(run.id, 'first');
    const result = { outputArtifactIds: [], output: { a: 1 }, cacheHit: false, durationMs: 1 };
    await it.records.steps.completeStep(TENANT, run.id, 'first', result);
    const failure = {
      ...ref(run.id),
      stepId: 'first',
      code: 'TIMED_OUT',
      message: 'late',
      blocked: ['second'],
    };
    expect(await failStep(it.dataSource, failure)).toEqual({
      kind: 'done',
      output: { a: 1 },
      fromCache: false,
    });
    expect(await statuses(run.id)).toMatchObject({ first: 'completed', second: 'pending' });
  });

  test('says when it has ended, and refuses one that is not there', async () => {
    const { run } = await create();
    await settleRun(it.dataSource, ref(run.id), { status: 'cancelled' });
    expect(await openRun(it.engine, ref(run.id))).toMatchObject({ ended: true });
    const other = { tenantId: 'other', runId: run.id };
    await expect(openRun(it.engine, other)).rejects.toMatchObject({
      code: 'RUN_UNKNOWN',
      retryable: false,
    });
  });
});

describe('ending a run', () => {
  test.each<[string, { status: 'failed' | 'cancelled'; code?: string }, object]>([
    [
      'failed',
      { status: 'failed', code: 'TERMINATED' },
      {
        first: 'failed TERMINATED',
        second: 'skipped blocked',
        third: 'skipped condition_false',
        fourth: 'skipped blocked',
      },
    ],
    [
      'cancelled',
      { status: 'cancelled' },
      {
        first: 'failed CANCELLED',
        second: 'skipped cancelled',
        third: 'skipped condition_false',
        fourth: 'skipped cancelled',
      },
    ],
  ])('as %s ends what is open in it, and once', async (_name, how, steps) => {
    const { run } = await create();
    await openRun(it.engine, ref(run.id));
    await begin(run.id, 'first');
    await skipByCondition(it.dataSource, ref(run.id), ['third']);
    const ended = await Promise.all([1, 2, 3].map(() => settleRun(it.dataSource, ref(run.id), how)));
    expect(ended.filter(Boolean)).toHaveLength(1);
    expect(await statuses(run.id)).toEqual(steps);
    const before = await runOf(run.id);
    expect(before).toMatchObject({ status: how.status, errorCode: how.code ?? null });
    await endRun(it.engine, { ...ref(run.id), status: 'completed', output: 1 });
    expect(await runOf(run.id)).toEqual(before);
  });

  test('ends a step that began after it looked and before it wrote', async () => {
    const { run } = await create();
    let ending!: Promise<boolean>;
    await transaction(it.dataSource, async tx => {
      const start = { attempt: 1, inputHash: digestOf(1), cacheKey: digestOf(2) };
      await tx.steps.startAttempt(TENANT, run.id, 'first', start);
      ending = settleRun(it.dataSource, ref(run.id), { status: 'cancelled' });
      await someoneWaitsForALock();
    });
    expect(await ending).toBe(true);
    expect(await statuses(run.id)).toMatchObject({ first: 'failed CANCELLED', second: 'skipped cancelled' });
  });

  test('leaves no step open, whatever begins at that moment', async () => {
    const runs = await Promise.all(Array.from({ length: 20 }, () => create()));
    await Promise.all(
      runs.flatMap(({ run }) => [
        settleRun(it.dataSource, ref(run.id), { status: 'cancelled' }),
        ...['first', 'second', 'third', 'fourth'].map(step => begin(run.id, step)),
      ]),
    );
    const [row] = await it.dataSource.query<{ open: number }[]>(
      `SELECT count(*)::int AS open FROM "run_step" WHERE "status" IN ('pending', 'running')`,
    );
    expect(row!.open).toBe(0);
  });
});

describe('the reconciler', () => {
  const taken = async () => {
    const { run } = await create();
    await openRun(it.engine, ref(run.id));
    it.control.started.length = 0;
    return run;
  };

  test('leaves a run alone whose workflow is running', async () => {
    const run = await taken();
    expect(await reconcile()).toEqual({ started: 0, settled: 0, stopped: 0 });
    expect(await runOf(run.id)).toMatchObject({ status: 'running' });
  });

  test.each<[WorkflowState, string, string]>([
    ['terminated', 'failed', 'TERMINATED'],
    ['timed_out', 'failed', 'TIMED_OUT'],
    ['failed', 'failed', 'WORKFLOW_FAILED'],
    ['cancelled', 'cancelled', 'CANCELLED'],
    ['completed', 'failed', 'WORKFLOW_ENDED'],
  ])('ends a run whose workflow is %s', async (state, status, errorCode) => {
    const run = await taken();
    it.control.states.set(run.temporalWorkflowId, state);
    expect(await reconcile()).toEqual({ started: 0, settled: 1, stopped: 0 });
    expect(await runOf(run.id)).toMatchObject({ status, errorCode });
    expect(await reconcile()).toEqual({ started: 0, settled: 0, stopped: 0 });
  });

  test('starts a run again that Temporal has lost', async () => {
    const run = await taken();
    it.control.states.set(run.temporalWorkflowId, 'not_found');
    await reconcile();
    expect(it.control.started).toMatchObject([{ runId: run.id }]);
    expect(await runOf(run.id)).toMatchObject({ status: 'running' });
  });

  test('starts a queued run again that Temporal lost before it began', async () => {
    const { run } = await create();
    expect(await reconcile()).toEqual({ started: 1, settled: 0, stopped: 0 });
    expect(it.control.started.map(({ runId }) => runId)).toEqual([run.id, run.id]);
  });

  test("gives the other runs their turn when one's start fails", async () => {
    it.control.refused.add('all');
    const bad = await create();
    const good = await create();
    it.control.refused.clear();
    it.control.refused.add(bad.run.id);
    const terminated = await create();
    await openRun(it.engine, ref(terminated.run.id));
    it.control.states.set(terminated.run.temporalWorkflowId, 'terminated');
    it.control.started.length = 0;
    await expect(reconcile()).rejects.toThrow('no Temporal');
    expect(it.control.started.map(({ runId }) => runId)).toEqual([good.run.id]);
    expect(await runOf(terminated.run.id)).toMatchObject({ status: 'failed' });
  });

  /** Runs that were recorded while Temporal was away. */
  const waiting = async (count: number) => {
    it.control.refused.add('all');
    const made = [];
    for (let n = 0; n < count; n++) made.push((await create()).run);
    it.control.refused.clear();
    it.control.asked = 0;
    return made;
  };

  test('starts a run behind many that cannot be started', async () => {
    const runs = await waiting(21);
    const last = runs.pop()!;
    for (const { id } of runs) it.control.refused.add(id);
    await expect(reconcile()).rejects.toThrow('no Temporal');
    expect(it.control.started.map(({ runId }) => runId)).toEqual([last.id]);
  });

  test('lets those that failed queue behind the others', async () => {
    const [bad, good] = await waiting(2);
    it.control.refused.add(bad!.id);
    const one = () =>
      new Reconciler(
        { dataSource: it.dataSource, control: it.control, log: silent },
        { startAfterMs: 0, checkEveryMs: 60_000, batch: 1 },
      ).tick();
    await expect(one()).rejects.toThrow('no Temporal');
    expect(await one()).toEqual({ started: 1, settled: 0, stopped: 0 });
    expect(it.control.started.map(({ runId }) => runId)).toEqual([good!.id]);
  });

  test('stops asking when Temporal does not answer, and says so', async () => {
    const runs = await waiting(6);
    it.control.refused.add('all');
    await expect(reconcile()).rejects.toMatchObject({ code: 'TEMPORAL_UNAVAILABLE' });
    expect(it.control.asked).toBe(3);
    expect((await runOf(runs[5]!.id)).reconciledAt).toBeNull();
  });

  const refusal = (message: string) =>
    new Error('Failed to start Workflow', { cause: Object.assign(new Error(message), { code: 3 }) });

  test('fails a run whose start Temporal refuses for good', async () => {
    const [run] = await waiting(1);
    it.control.failures.set(run!.id, refusal('3 INVALID_ARGUMENT: CairnTags exceeds size limit'));
    it.control.states.set(run!.temporalWorkflowId, 'not_found');
    expect(await reconcile()).toEqual({ started: 0, settled: 1, stopped: 0 });
    expect(await runOf(run!.id)).toMatchObject({
      status: 'failed',
      errorCode: 'START_REFUSED',
      error: 'The start was refused: 3 INVALID_ARGUMENT: CairnTags exceeds size limit',
    });
    expect(await reconcile()).toEqual({ started: 0, settled: 0, stopped: 0 });
  });

  test('fails a run whose graph this build cannot evaluate', async () => {
    const [run] = await waiting(1);
    it.control.states.set(run!.temporalWorkflowId, 'not_found');
    await it.dataSource.query(
      `UPDATE "workflow_graph" SET "graph" = jsonb_set("graph", '{search,text}', '{"$":"op","op":"odd","args":[]}')`,
    );
    expect(await reconcile()).toEqual({ started: 0, settled: 1, stopped: 0 });
    expect(await runOf(run!.id)).toMatchObject({
      errorCode: 'START_REFUSED',
      error: 'The start was refused: This build does not know the operator odd',
    });
  });

  test('waits for search attributes to be registered, and for what Temporal has after all', async () => {
    const [unregistered, there] = await waiting(2);
    const lacking = 'Namespace default has no mapping defined for search attribute CairnTags';
    it.control.failures.set(unregistered!.id, refusal(lacking));
    it.control.states.set(unregistered!.temporalWorkflowId, 'not_found');
    it.control.failures.set(there!.id, refusal('3 INVALID_ARGUMENT'));
    await expect(reconcile()).rejects.toThrow('Failed to start Workflow');
    expect(await runOf(unregistered!.id)).toMatchObject({ status: 'queued', startRequestedAt: null });
    expect((await runOf(there!.id)).startRequestedAt).toBeInstanceOf(Date);
    it.control.failures.clear();
    it.control.states.clear();
    await reconcile();
    expect(it.control.started.map(({ runId }) => runId)).toContain(unregistered!.id);
  });
});
