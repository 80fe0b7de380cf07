import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { RunStep } from '../entities/run-step.entity.js';
import { RUN_STEP_STATUSES, type RunStepStatus } from '../entities/status.js';
import { newId } from '../ids.js';
import type { NewRun } from './run.repository.js';
import { createMigratedTestDatabase, digestOf, newRun, newStep } from '../testing/index.js';
import { type Repositories, repositories, transaction } from './index.js';

let database: Awaited<ReturnType<typeof createMigratedTestDatabase>>;
let db: Repositories;
let run: NewRun;

const KEY = { inputHash: digestOf('a'), cacheKey: digestOf('b'), keyIngredients: [['tenant', 'acme']] };
const RESULT = { outputArtifactIds: [newId(), newId()], output: 'text' };

beforeAll(async () => {
  database = await createMigratedTestDatabase();
  db = repositories(database.dataSource);
});

afterAll(() => database.drop());

beforeEach(async () => {
  await database.dataSource.query('TRUNCATE "run" CASCADE');
  run = newRun();
  await db.runs.insertRun(run);
});

function start(stepId: string, attempt = 1): Promise<RunStep> {
  return db.steps.startAttempt('acme', run.id, stepId, { ...KEY, attempt });
}

/** A step brought to `status` by the legal way, named after it. */
async function stepIn(status: RunStepStatus): Promise<string> {
  await db.steps.insertSteps([newStep(run, { stepId: status })]);
  if (status === 'skipped') await db.steps.skipSteps('acme', run.id, [status], 'blocked');
  if (status === 'running' || status === 'completed' || status === 'failed') await start(status);
  if (status === 'completed') {
    await db.steps.completeStep('acme', run.id, status, {
      outputArtifactIds: [],
      cacheHit: false,
      durationMs: 1,
    });
  }
  if (status === 'failed') {
    await db.steps.failStep('acme', run.id, status, { error: 'first', errorCode: 'FIRST' });
  }
  return status;
}

function existing(stepId: string): Promise<RunStep> {
  return database.dataSource.manager.findOneByOrFail(RunStep, { runId: run.id, stepId });
}

describe('insertSteps', () => {
  test('writes pending steps', async () => {
    await db.steps.insertSteps([newStep(run, { position: 3 })]);
    const { id, createdAt, updatedAt, ...rest } = await existing('bgm');
    expect(rest).toEqual({
      runId: run.id,
      tenantId: 'acme',
      stepId: 'bgm',
      skillId: 'generate_bgm',
      position: 3,
      status: 'pending',
      reason: null,
      waitingOn: null,
      inputHash: digestOf('2'),
      cacheKey: null,
      keyIngredients: null,
      fullInput: null,
      outputArtifactIds: [],
      output: null,
      cacheHit: false,
      durationMs: null,
      error: null,
      errorCode: null,
      kind: 'step',
      mapStepId: null,
      itemKey: null,
      childRunId: null,
      madeByRunId: null,
      attempt: 1,
      startedAt: null,
      completedAt: null,
    });
    expect(id[14]).toBe('7');
    expect(updatedAt).toEqual(createdAt);
  });

  test('takes more than fit one statement, in the order of the graph', async () => {
    const steps = Array.from({ length: 2100 }, (_, index) =>
      newStep(run, { stepId: `s${index}`, position: 2099 - index }),
    );
    await db.steps.insertSteps(steps);
    const listed = await db.steps.listSteps('acme', run.id);
    expect(listed.map(step => step.stepId)).toEqual(steps.map(step => step.stepId).reverse());
  });

  test.each([
    { what: 'an empty input hash', step: { inputHash: '' }, constraint: 'run_step_input_hash_check' },
    { what: 'a run that does not exist', step: { runId: newId() }, constraint: 'run_step_run_fkey' },
  ])('refuses $what', async ({ step, constraint }) => {
    await expect(db.steps.insertSteps([newStep(run, step)])).rejects.toMatchObject({ constraint });
  });

  test('refuses a second step of the same id', async () => {
    await db.steps.insertSteps([newStep(run)]);
    await expect(db.steps.insertSteps([newStep(run)])).rejects.toMatchObject({
      constraint: 'run_step_run_step_key',
    });
  });
});

test('a step of another tenant does not exist', async () => {
  const stepId = await stepIn('running');
  expect((await db.steps.getStep('acme', run.id, stepId))?.stepId).toBe(stepId);
  expect(await db.steps.getStep('beta', run.id, stepId)).toBeNull();
  expect(await db.steps.listSteps('beta', run.id)).toEqual([]);
  const before = await existing(stepId);
  await expect(db.steps.startAttempt('beta', run.id, stepId, { ...KEY, attempt: 2 })).rejects.toMatchObject({
    code: 'NOT_FOUND',
    record: 'step',
    id: `${run.id}/running`,
  });
  expect(
    await db.steps.completeStep('beta', run.id, stepId, { ...RESULT, cacheHit: false, durationMs: 1 }),
  ).toBe(false);
  expect(await db.steps.failStep('beta', run.id, stepId, { error: 'e', errorCode: null })).toBe(false);
  expect(await db.steps.skipStepsAsCacheHits('beta', run.id, [{ stepId, ...KEY, ...RESULT }])).toEqual([]);
  expect(await db.steps.lockSteps('beta', run.id, [stepId]).catch(() => [])).toEqual([]);
  expect(await db.steps.skipSteps('beta', run.id, [stepId], 'blocked')).toEqual([]);
  expect(await existing(stepId)).toEqual(before);
});

test('lockSteps makes another wait for the end of the transaction', async () => {
  const stepId = await stepIn('pending');
  const order: string[] = [];
  let failing: Promise<unknown> = Promise.resolve();
  await transaction(database.dataSource, async tx => {
    expect((await tx.steps.lockSteps('acme', run.id, [stepId]))[0]?.status).toBe('pending');
    failing = db.steps
      .failStep('acme', run.id, stepId, { error: 'e', errorCode: 'E' })
      .then(() => order.push('other'));
    await untilSomeoneWaitsForALock();
    order.push('mine');
  });
  await failing;
  expect(order).toEqual(['mine', 'other']);
  await expect(db.steps.lockSteps('acme', run.id, [stepId])).rejects.toMatchObject({
    name: 'PessimisticLockTransactionRequiredError',
  });
});

async function untilSomeoneWaitsForALock(): Promise<void> {
  for (;;) {
    const [row] = await database.dataSource.query<{ count: number }[]>(
      `SELECT count(*)::int AS count FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
    );
    if (row && row.count > 0) return;
  }
}

describe('startAttempt', () => {
  test('starts a pending step with its real key', async () => {
    const step = await start(await stepIn('pending'));
    expect(step).toEqual(await existing('pending'));
    expect(step).toBeInstanceOf(RunStep);
    expect(step).toMatchObject({ ...KEY, status: 'running', attempt: 1, completedAt: null });
    expect(step.startedAt?.getTime()).toBeGreaterThanOrEqual(step.createdAt.getTime());
  });

  test('a retry raises the attempt and keeps the start; a late one does not lower it', async () => {
    const first = await start(await stepIn('pending'));
    const third = await start('pending', 3);
    expect(third).toMatchObject({ status: 'running', attempt: 3, startedAt: first.startedAt });
    expect(await start('pending', 2)).toMatchObject({ status: 'running', attempt: 3 });
  });

  test.each(['completed', 'failed', 'skipped'] as const)('gives a %s step back as it is', async status => {
    const stepId = await stepIn(status);
    const before = await existing(stepId);
    expect(await start(stepId, 9)).toEqual(before);
    expect(await existing(stepId)).toEqual(before);
  });

  test('says when there is no such step', async () => {
    await expect(start('nowhere')).rejects.toMatchObject({ code: 'NOT_FOUND', id: `${run.id}/nowhere` });
  });
});

describe.each([
  {
    operation: 'completeStep',
    act: (stepId: string) =>
      db.steps.completeStep('acme', run.id, stepId, { ...RESULT, cacheHit: true, durationMs: 12.6 }),
    from: ['running'],
    refused: ['pending'],
    after: { ...RESULT, status: 'completed', cacheHit: true, durationMs: 13, reason: null, error: null },
  },
  {
    operation: 'skipStepsAsCacheHits',
    act: async (stepId: string) =>
      (await db.steps.skipStepsAsCacheHits('acme', run.id, [{ stepId, ...KEY, ...RESULT }])).length === 1,
    from: ['pending'],
    refused: [],
    after: { ...KEY, ...RESULT, status: 'skipped', reason: 'cache_hit', cacheHit: true, startedAt: null },
  },
  {
    operation: 'failStep',
    act: (stepId: string) =>
      db.steps.failStep('acme', run.id, stepId, { error: 'broken', errorCode: 'BROKEN', attempt: 4 }),
    from: ['pending', 'running'],
    refused: [],
    after: { status: 'failed', error: 'broken', errorCode: 'BROKEN', attempt: 4, cacheHit: false },
  },
])('$operation', ({ act, from, refused, after }) => {
  test.each(RUN_STEP_STATUSES)('from %s', async status => {
    const stepId = await stepIn(status);
    const before = await existing(stepId);
    if ((from as string[]).includes(status)) {
      expect(await act(stepId)).toBe(true);
      const step = await existing(stepId);
      expect(step).toMatchObject(after);
      expect(step.completedAt?.getTime()).toBeGreaterThanOrEqual(step.createdAt.getTime());
    } else {
      if ((refused as string[]).includes(status)) {
        await expect(act(stepId)).rejects.toMatchObject({ code: 'INVALID_TRANSITION', from: status });
      } else {
        expect(await act(stepId)).toBe(false);
      }
      expect(await existing(stepId)).toEqual(before);
    }
  });

  test('happens once, however many try', async () => {
    const stepId = await stepIn(from[0] as RunStepStatus);
    const done = await Promise.all([act(stepId), act(stepId), act(stepId), act(stepId)]);
    expect(done.filter(Boolean)).toHaveLength(1);
  });
});

test('a pending step that fails passes through running', async () => {
  const stepId = await stepIn('pending');
  await db.steps.failStep('acme', run.id, stepId, { error: 'e', errorCode: null });
  const step = await existing(stepId);
  expect(step.attempt).toBe(1);
  expect(step.startedAt).not.toBeNull();
});

test('skipSteps skips what is pending and says which', async () => {
  await db.steps.insertSteps([
    newStep(run, { stepId: 'late', position: 9 }),
    newStep(run, { stepId: 'early', position: 1 }),
    newStep(run, { stepId: 'other', position: 2 }),
  ]);
  await stepIn('running');
  expect(
    await db.steps.skipSteps('acme', run.id, ['late', 'running', 'early', 'nowhere'], 'cancelled'),
  ).toEqual(['early', 'late']);
  expect(await db.steps.skipSteps('acme', run.id, ['late'], 'blocked')).toEqual([]);
  expect(await db.steps.skipSteps('acme', run.id, [], 'blocked')).toEqual([]);
  const steps = await db.steps.listSteps('acme', run.id);
  expect(steps.map(({ stepId, status, reason, cacheHit }) => ({ stepId, status, reason, cacheHit }))).toEqual(
    [
      { stepId: 'running', status: 'running', reason: null, cacheHit: false },
      { stepId: 'early', status: 'skipped', reason: 'cancelled', cacheHit: false },
      { stepId: 'other', status: 'pending', reason: null, cacheHit: false },
      { stepId: 'late', status: 'skipped', reason: 'cancelled', cacheHit: false },
    ],
  );
});

test('skipSteps locks in the order of the graph, whatever order the rows have in the table', async () => {
  await db.steps.insertSteps([
    newStep(run, { stepId: 'a', position: 1 }),
    newStep(run, { stepId: 'z', position: 0 }),
  ]);
  let skipping: Promise<string[]> = Promise.resolve([]);
  await transaction(database.dataSource, async tx => {
    await tx.steps.lockSteps('acme', run.id, ['z']);
    skipping = db.steps.skipSteps('acme', run.id, ['a', 'z'], 'cancelled');
    skipping.catch(() => undefined);
    await untilSomeoneWaitsForALock();
    await tx.steps.lockSteps('acme', run.id, ['a']);
    await tx.steps.skipStepsAsCacheHits('acme', run.id, [{ stepId: 'a', ...KEY, ...RESULT }]);
  });
  expect(await skipping).toEqual(['z']);
  expect(await existing('a')).toMatchObject({ status: 'skipped', reason: 'cache_hit' });
});

test('a failure may say what no text of PostgreSQL can hold, and at any length', async () => {
  const stepId = await stepIn('running');
  const error = `nul \u0000 half \ud83d whole \u{1f600}${'x'.repeat(5_000)}`;
  expect(await db.steps.failStep('acme', run.id, stepId, { error, errorCode: 'A\u0000' })).toBe(true);
  const failed = await existing(stepId);
  expect(failed.error?.slice(0, 22)).toBe('nul \ufffd half \ufffd whole \u{1f600}x');
  expect([failed.error?.length, failed.errorCode]).toEqual([4_000, 'A\ufffd']);
});

test.each([null, 'text', 0, false, [1, [2]], [], { a: { b: 'ü\n"' } }])(
  'an output of %j comes back as it was',
  async output => {
    const stepId = await stepIn('running');
    const result = { ...RESULT, output, cacheHit: false, durationMs: 2 ** 40 };
    await db.steps.completeStep('acme', run.id, stepId, result);
    expect(await db.steps.getStep('acme', run.id, stepId)).toMatchObject({ output, durationMs: 2 ** 40 });
    expect((await start(stepId)).output).toEqual(output);
  },
);
