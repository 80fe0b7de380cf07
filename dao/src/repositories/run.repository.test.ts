import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { Run } from '../entities/run.entity.js';
import { RUN_STATUSES, type RunStatus } from '../entities/status.js';
import { newId } from '../ids.js';
import { createMigratedTestDatabase, newRun, newStep } from '../testing/index.js';
import { type Repositories, repositories } from './index.js';

let database: Awaited<ReturnType<typeof createMigratedTestDatabase>>;
let db: Repositories;

beforeAll(async () => {
  database = await createMigratedTestDatabase();
  db = repositories(database.dataSource);
});

afterAll(() => database.drop());

beforeEach(() => database.dataSource.query('TRUNCATE "run" CASCADE'));

async function inserted(overrides: Parameters<typeof newRun>[0] = {}) {
  const run = newRun(overrides);
  await db.runs.insertRun(run);
  return run;
}

/** A run brought to `status` by the legal way. */
async function runIn(status: RunStatus) {
  const run = await inserted();
  if (status === 'queued') return run;
  await db.runs.markRunning('acme', run.id);
  if (status !== 'running') await db.runs.finishRun('acme', run.id, { status });
  return run;
}

function existing(runId: string): Promise<Run> {
  return database.dataSource.manager.findOneByOrFail(Run, { id: runId });
}

describe('insertRun', () => {
  test('writes a queued run that is its own root', async () => {
    const run = await inserted({ idempotencyKey: 'k', requestDigest: 'd', scheduleId: 's' });
    const { createdAt, updatedAt, ...rest } = await existing(run.id);
    expect(rest).toEqual({
      id: run.id,
      tenantId: 'acme',
      workflowName: 'campaign.build',
      workflowVersion: '1.0.0',
      status: 'queued',
      trigger: { campaign_id: 'spring' },
      options: {},
      pinned: false,
      context: {},
      error: null,
      errorCode: null,
      output: null,
      temporalWorkflowId: `run-${run.id}`,
      graphDigest: run.graphDigest,
      rootRunId: run.id,
      parentRunId: null,
      retryOfRunId: null,
      forkOfRunId: null,
      scheduleId: 's',
      scheduledFor: null,
      forkFromStepId: null,
      inputEdits: {},
      idempotencyKey: 'k',
      requestDigest: 'd',
      startRequestedAt: null,
      reconciledAt: null,
      turnAskedAt: null,
      turnGivenAt: null,
      startedAt: null,
      completedAt: null,
    });
    expect(updatedAt).toEqual(createdAt);
  });

  test('keeps the root it is told', async () => {
    const rootRunId = newId();
    const run = await inserted({ rootRunId, retryOfRunId: rootRunId });
    expect(await existing(run.id)).toMatchObject({ rootRunId, retryOfRunId: rootRunId });
  });

  test('refuses an idempotency key of the same tenant only', async () => {
    const first = await inserted({ idempotencyKey: 'k' });
    await expect(db.runs.insertRun(newRun({ idempotencyKey: 'k' }))).rejects.toMatchObject({
      name: 'IdempotencyKeyTakenError',
      code: 'IDEMPOTENCY_KEY_TAKEN',
      tenantId: 'acme',
      idempotencyKey: 'k',
    });
    const other = await inserted({ tenantId: 'beta', idempotencyKey: 'k' });
    await inserted();
    await inserted();
    expect((await db.runs.findByIdempotencyKey('acme', 'k'))?.id).toBe(first.id);
    expect((await db.runs.findByIdempotencyKey('beta', 'k'))?.id).toBe(other.id);
    expect(await db.runs.findByIdempotencyKey('gamma', 'k')).toBeNull();
  });

  test('of two at the same time with one key, one wins', async () => {
    const results = await Promise.allSettled(
      [newRun({ idempotencyKey: 'k' }), newRun({ idempotencyKey: 'k' })].map(run => db.runs.insertRun(run)),
    );
    expect(results.map(result => result.status).sort()).toEqual(['fulfilled', 'rejected']);
  });

  test('does not take another failure for a taken key', async () => {
    const run = await inserted();
    await expect(db.runs.insertRun({ ...run, idempotencyKey: 'new' })).rejects.toMatchObject({
      code: '23505',
      constraint: 'run_pkey',
    });
  });
});

test('insertRunIfAbsent leaves a run that is there as it is', async () => {
  const run = newRun();
  expect(await db.runs.insertRunIfAbsent(run)).toBe(true);
  await db.runs.markRunning('acme', run.id);
  expect(await db.runs.insertRunIfAbsent({ ...run, workflowName: 'other' })).toBe(false);
  expect(await existing(run.id)).toMatchObject({ status: 'running', workflowName: 'campaign.build' });
});

describe('reading', () => {
  test('a run of another tenant does not exist', async () => {
    const run = await inserted();
    expect((await db.runs.getRun('acme', run.id))?.id).toBe(run.id);
    expect(await db.runs.getRun('beta', run.id)).toBeNull();
    expect(await db.runs.getRunWithSteps('beta', run.id)).toBeNull();
  });

  test('comes with its steps in the order of the graph', async () => {
    const run = await inserted();
    await db.steps.insertSteps([
      newStep(run, { stepId: 'b', position: 1 }),
      newStep(run, { stepId: 'a', position: 2 }),
      newStep(run, { stepId: 'c', position: 0 }),
    ]);
    const found = await db.runs.getRunWithSteps('acme', run.id);
    expect(found?.run.id).toBe(run.id);
    expect(found?.steps.map(step => step.stepId)).toEqual(['c', 'b', 'a']);
  });
});

describe('listRuns', () => {
  async function createdAt(runId: string, at: string) {
    await database.dataSource.query('UPDATE "run" SET "createdAt" = $2 WHERE "id" = $1', [runId, at]);
  }

  async function pages(limit: number, filter: { status?: RunStatus; workflowName?: string } = {}) {
    const seen: string[][] = [];
    let after: { createdAt: string; id: string } | undefined;
    do {
      const page = await db.runs.listRuns('acme', { limit, after, ...filter });
      seen.push(page.rows.map(run => run.id));
      after = page.next ?? undefined;
    } while (after);
    return seen;
  }

  test('pages newest first, exact to the microsecond and within one instant', async () => {
    const runs = [];
    for (const at of ['.000001', '.000002', '.000003', '.000003', '.000003', '.001000']) {
      const run = await inserted();
      await createdAt(run.id, `2026-01-01T00:00:00${at}Z`);
      runs.push(run.id);
    }
    const [a, b, c, d, e, f] = runs;
    expect(await pages(2)).toEqual([
      [f, e],
      [d, c],
      [b, a],
    ]);
    expect(await pages(4)).toEqual([
      [f, e, d, c],
      [b, a],
    ]);
    const first = await db.runs.listRuns('acme', { limit: 2 });
    expect(first.next).toEqual({ createdAt: '2026-01-01T00:00:00.000003Z', id: e });
  });

  test('is scoped by tenant and filtered by status and workflow', async () => {
    await inserted({ tenantId: 'beta' });
    const queued = await inserted({ workflowName: 'other' });
    const running = await runIn('running');
    expect(await pages(10)).toEqual([[running.id, queued.id]]);
    expect(await pages(10, { status: 'running' })).toEqual([[running.id]]);
    expect(await pages(10, { workflowName: 'other' })).toEqual([[queued.id]]);
    expect(await pages(10, { workflowName: 'other', status: 'failed' })).toEqual([[]]);
  });

  test('refuses a page of no rows', async () => {
    await expect(db.runs.listRuns('acme', { limit: 0 })).rejects.toThrow(
      'limit must be a positive integer: 0',
    );
  });
});

describe('markRunning', () => {
  test('starts a queued run', async () => {
    const run = await inserted();
    expect(await db.runs.markRunning('acme', run.id)).toBe('running');
    const after = await existing(run.id);
    expect(after.status).toBe('running');
    expect(after.startedAt?.getTime()).toBeGreaterThanOrEqual(after.createdAt.getTime());
  });

  test.each(['running', 'completed', 'failed', 'cancelled'] as const)(
    'leaves a %s run alone',
    async status => {
      const run = await runIn(status);
      const before = await existing(run.id);
      expect(await db.runs.markRunning('acme', run.id)).toBe(status);
      expect(await existing(run.id)).toEqual(before);
    },
  );

  test('knows no run of another tenant', async () => {
    const run = await inserted();
    expect(await db.runs.markRunning('beta', run.id)).toBeNull();
    expect((await existing(run.id)).status).toBe('queued');
  });
});

describe('finishRun', () => {
  const ends = ['completed', 'failed', 'cancelled'] as const;
  const cases = RUN_STATUSES.flatMap(from => ends.map(to => ({ from, to })));

  test.each(cases)('$from → $to', async ({ from, to }) => {
    const run = await runIn(from);
    const before = await existing(run.id);
    const finish = db.runs.finishRun('acme', run.id, {
      status: to,
      error: 'why',
      errorCode: 'WHY',
      output: ['x'],
    });
    if (from === 'queued' && to === 'completed') {
      await expect(finish).rejects.toMatchObject({ code: 'INVALID_TRANSITION', from, to });
      expect(await existing(run.id)).toEqual(before);
    } else if (from === 'queued' || from === 'running') {
      expect(await finish).toBe(true);
      const after = await existing(run.id);
      expect(after).toMatchObject({ status: to, error: 'why', errorCode: 'WHY', output: ['x'] });
      expect(after.completedAt?.getTime()).toBeGreaterThanOrEqual(after.createdAt.getTime());
      expect(after.startedAt === null).toBe(from === 'queued' && to === 'cancelled');
    } else {
      expect(await finish).toBe(false);
      expect(await existing(run.id)).toEqual(before);
    }
  });

  test('touches no run of another tenant', async () => {
    const run = await runIn('running');
    expect(await db.runs.finishRun('beta', run.id, { status: 'failed' })).toBe(false);
    expect((await existing(run.id)).status).toBe('running');
  });

  test('keeps a message that no text of PostgreSQL can hold', async () => {
    const run = await runIn('running');
    expect(await db.runs.finishRun('acme', run.id, { status: 'failed', error: 'a\u0000b' })).toBe(true);
    expect(await existing(run.id)).toMatchObject({ status: 'failed', error: 'a\ufffdb' });
  });

  test('of many at the same time, one ends the run', async () => {
    const run = await runIn('running');
    const ended = await Promise.all(
      [0, 1, 2, 3, 4].map(index =>
        db.runs.finishRun('acme', run.id, { status: ends[index % 3] ?? 'failed', error: `${index}` }),
      ),
    );
    expect(ended.filter(Boolean)).toHaveLength(1);
    expect((await existing(run.id)).error).toBe(`${ended.indexOf(true)}`);
  });
});

describe('mergeContext', () => {
  test('merges one level deep and replaces what is no object', async () => {
    const run = await inserted({
      context: { refs: { a: 1 }, list: [1], artifacts: { x: { id: 1, old: true } } },
    });
    await db.runs.mergeContext('acme', run.id, {
      artifacts: { x: { id: 2 }, y: { id: 3 } },
      list: [2],
      n: null,
    });
    expect((await existing(run.id)).context).toEqual({
      refs: { a: 1 },
      list: [2],
      n: null,
      artifacts: { x: { id: 2 }, y: { id: 3 } },
    });
    await db.runs.mergeContext('acme', run.id, {});
    await db.runs.mergeContext('acme', run.id, { artifacts: 'gone' });
    expect((await existing(run.id)).context).toEqual({
      refs: { a: 1 },
      list: [2],
      n: null,
      artifacts: 'gone',
    });
  });

  test('loses nothing when steps finish together', async () => {
    const run = await inserted();
    const steps = Array.from({ length: 20 }, (_, index) => `s${index}`);
    await Promise.all(
      steps.map(step => db.runs.mergeContext('acme', run.id, { artifacts: { [step]: step } })),
    );
    expect((await existing(run.id)).context).toEqual({
      artifacts: Object.fromEntries(steps.map(step => [step, step])),
    });
  });

  test('touches no run of another tenant', async () => {
    const run = await inserted();
    await db.runs.mergeContext('beta', run.id, { a: 1 });
    expect((await existing(run.id)).context).toEqual({});
  });
});

describe('across tenants', () => {
  const minute = 60_000;

  async function age(
    runId: string,
    column: 'createdAt' | 'startRequestedAt' | 'reconciledAt',
    minutes: number,
  ) {
    await database.dataSource.query(
      `UPDATE "run" SET "${column}" = clock_timestamp() - $2 * interval '1 minute' WHERE "id" = $1`,
      [runId, minutes],
    );
  }

  test('finds queued runs that nobody started, or whose start had no effect', async () => {
    const forgotten = await inserted();
    await age(forgotten.id, 'createdAt', 10);
    const unheard = await inserted({ tenantId: 'beta' });
    await age(unheard.id, 'createdAt', 9);
    await age(unheard.id, 'startRequestedAt', 8);
    const justStarted = await inserted();
    await age(justStarted.id, 'createdAt', 10);
    await db.runs.recordStartRequested('acme', justStarted.id);
    await inserted();
    const running = await runIn('running');
    await age(running.id, 'createdAt', 10);

    const find = (limit: number) =>
      db.runs.acrossTenants.findRunsWithoutWorkflow({ olderThanMs: minute, limit });
    expect((await find(10)).map(run => run.id)).toEqual([forgotten.id, unheard.id]);
    expect((await find(1)).map(run => run.id)).toEqual([forgotten.id]);
    await db.runs.acrossTenants.markReconciled([forgotten.id]);
    expect((await find(1)).map(run => run.id)).toEqual([unheard.id]);
    expect((await find(10)).map(run => run.id)).toEqual([unheard.id, forgotten.id]);
  });

  test('finds the live runs that Temporal was given, those never compared with it first', async () => {
    const old = await runIn('running');
    await age(old.id, 'reconciledAt', 5);
    const older = await inserted({ tenantId: 'beta' });
    await age(older.id, 'reconciledAt', 6);
    await age(older.id, 'startRequestedAt', 6);
    const fresh = await runIn('running');
    await age(fresh.id, 'reconciledAt', 0);
    const never = await inserted();
    await age(never.id, 'startRequestedAt', 0);
    await inserted();
    await runIn('completed');
    await runIn('failed');
    await runIn('cancelled');

    const find = async (limit = 10) =>
      (await db.runs.acrossTenants.findLiveRuns({ checkedBeforeMs: minute, limit })).map(run => run.id);
    expect(await find()).toEqual([never.id, older.id, old.id]);
    expect(await find(2)).toEqual([never.id, older.id]);

    const before = await existing(old.id);
    await db.runs.acrossTenants.markReconciled([never.id, old.id]);
    expect(await find()).toEqual([older.id]);
    expect((await existing(old.id)).updatedAt).toEqual(before.updatedAt);
    await db.runs.acrossTenants.markReconciled([]);
    expect(await find()).toEqual([older.id]);
  });
});
