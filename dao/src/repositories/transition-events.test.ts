import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { compile, events as registry } from '@cairn/dto';
import { RUN_STATUSES, RUN_STEP_STATUSES } from '../entities/status.js';
import { newId } from '../ids.js';
import { runStatusesBefore, stepStatusesBefore } from '../state-machine.js';
import { createMigratedTestDatabase, digestOf, newRun, newStep } from '../testing/index.js';
import { type Repositories, repositories, transaction } from './index.js';
import type { NewRun } from './run.repository.js';

// Real: PostgreSQL.
let database: Awaited<ReturnType<typeof createMigratedTestDatabase>>;
let db: Repositories;
let run: NewRun;
beforeAll(async () => {
  database = await createMigratedTestDatabase();
  db = repositories(database.dataSource);
});
afterAll(() => database.drop());
beforeEach(async () => {
  await database.dataSource.query('TRUNCATE "run", "event" CASCADE');
  run = newRun();
  await db.runs.insertRun(run);
});

interface Told {
  type: string;
  stepId: string | null;
  attempt: number | null;
  data: Record<string, unknown>;
}

/** What was told since, in order; each fits the schema of its type. */
async function told(from = 0): Promise<Told[]> {
  const rows = await database.dataSource.query<Told[]>(
    'SELECT "type", "stepId", "attempt", "data" FROM "event" ORDER BY "createdAt", "id" OFFSET $1',
    [from],
  );
  for (const { type, data } of rows) {
    const { schema } = registry.EVENT_TYPES[type as registry.EventTypeName];
    expect([type, compile(schema as Parameters<typeof compile>[0]).check(data)]).toEqual([type, []]);
  }
  return rows;
}
const typesSince = async (from: number) => (await told(from)).map(({ type }) => type);

type RunChange = (tx: Repositories) => Promise<unknown>;
const begin: RunChange = tx => tx.runs.markRunning('acme', run.id);
const end =
  (status: 'completed' | 'failed' | 'cancelled'): RunChange =>
  tx =>
    tx.runs.finishRun('acme', run.id, {
      status,
      ...(status !== 'completed' && { error: 'e', errorCode: 'E' }),
    });
const RUN_CHANGES: Record<string, readonly [RunChange, string]> = {
  'queued → running': [begin, 'run.started'],
  'queued → cancelled': [end('cancelled'), 'run.cancelled'],
  'running → completed': [end('completed'), 'run.completed'],
  'running → failed': [end('failed'), 'run.failed'],
  'running → cancelled': [end('cancelled'), 'run.cancelled'],
};

const KEY = { inputHash: digestOf('a'), cacheKey: digestOf('b') };
const start = (attempt: number) => (tx: Repositories) =>
  tx.steps.startAttempt('acme', run.id, 'bgm', { ...KEY, attempt });
const ids = [newId()];
const named = { id: ids[0]!, name: 'track', type: 'audio/bgm', contentHash: digestOf('c') };
const result = { outputArtifactIds: ids, artifacts: [named], cacheHit: false, durationMs: 1.5 };
const STEP_CHANGES: Record<string, readonly [(tx: Repositories) => Promise<unknown>, string]> = {
  'pending → running': [start(1), 'step.started'],
  'pending → skipped': [tx => tx.steps.skipSteps('acme', run.id, ['bgm'], 'blocked'), 'step.skipped'],
  'running → running': [start(2), 'step.started'],
  'running → completed': [tx => tx.steps.completeStep('acme', run.id, 'bgm', result), 'step.completed'],
  'running → failed': [
    tx => tx.steps.failStep('acme', run.id, 'bgm', { error: 'e', errorCode: 'E' }),
    'step.failed',
  ],
};

test('every transition of the state machines is in the tables', () => {
  const pairs = <S extends string>(statuses: readonly S[], before: (to: S) => S[]) =>
    statuses.flatMap(to => before(to).map(from => `${from} → ${to}`)).sort();
  expect(Object.keys(RUN_CHANGES).sort()).toEqual(pairs(RUN_STATUSES, runStatusesBefore));
  expect(Object.keys(STEP_CHANGES).sort()).toEqual(pairs(RUN_STEP_STATUSES, stepStatusesBefore));
});

describe.each(['in a transaction', 'in one of its own'])('%s', where => {
  const perform = (change: (tx: Repositories) => Promise<unknown>) =>
    where === 'in a transaction' ? transaction(database.dataSource, change) : change(db);

  test.each(Object.entries(RUN_CHANGES))('a run %s is told once', async (name, [change, type]) => {
    if (name.startsWith('running')) await begin(db);
    const before = (await told()).length;
    await perform(change);
    await perform(change);
    expect(await typesSince(before)).toEqual([type]);
  });

  test.each(Object.entries(STEP_CHANGES))('a step %s is told once', async (name, [change, type]) => {
    await db.steps.insertSteps([newStep(run)]);
    if (name.startsWith('running')) await start(1)(db);
    const before = (await told()).length;
    await perform(change);
    await perform(change);
    expect(await typesSince(before)).toEqual([type]);
  });

  test('what fails before it has begun passes through its beginning', async () => {
    await db.steps.insertSteps([newStep(run)]);
    await perform(tx => tx.steps.failStep('acme', run.id, 'bgm', { error: 'e', errorCode: 'E' }));
    await perform(end('failed'));
    expect(await typesSince(1)).toEqual(['step.started', 'step.failed', 'run.started', 'run.failed']);
  });
});

test('a change that is undone is not told', async () => {
  const undone = transaction(database.dataSource, async tx => {
    await begin(tx);
    throw new Error('undone');
  });
  await expect(undone).rejects.toThrow('undone');
  expect(await typesSince(0)).toEqual(['run.created']);
});

test('a change that is not told is undone', async () => {
  const data = { evicted: 1, filter: { workflow: '\0' } };
  const untold = transaction(database.dataSource, async tx => {
    await begin(tx);
    await tx.events.append([{ tenantId: 'acme', type: 'cache.evicted', data }]);
  });
  await expect(untold).rejects.toThrow('Unicode');
  expect((await db.runs.getRun('acme', run.id))?.status).toBe('queued');
});

test('the events of a transaction are one statement, right before it commits', async () => {
  await db.steps.insertSteps([newStep(run)]);
  const before = await transaction(database.dataSource, async tx => {
    await begin(tx);
    await start(1)(tx);
    await STEP_CHANGES['running → completed']![0](tx);
    const [{ n }] = await database.dataSource.query<[{ n: number }]>(
      'SELECT count(*)::int AS n FROM "event"',
    );
    return n;
  });
  expect(before).toBe(1);
  const rows = await database.dataSource.query<{ txid: string }[]>(
    `SELECT DISTINCT "txid" FROM "event" WHERE "type" <> 'run.created'`,
  );
  expect(rows).toHaveLength(1);
  expect(await typesSince(1)).toEqual(['run.started', 'step.started', 'step.completed']);
});

test('an event says what became of its step', async () => {
  await db.steps.insertSteps([newStep(run), newStep(run, { stepId: 'sfx', position: 1 })]);
  await start(1)(db);
  await start(3)(db);
  await db.steps.completeStep('acme', run.id, 'bgm', result);
  const from = { madeByRunId: newId(), outputArtifactIds: [], stepId: 'sfx', ...KEY };
  await db.steps.skipStepsAsCacheHits('acme', run.id, [from]);
  const { madeByRunId } = from;
  const skillId = 'generate_bgm';
  const artifacts = [{ id: ids[0], name: 'track', type: 'audio/bgm', digest: digestOf('c') }];
  expect((await told(1)).map(({ stepId, attempt, data }) => [stepId, attempt, data])).toEqual([
    ['bgm', 1, { skillId }],
    ['bgm', 3, { skillId }],
    ['bgm', 3, { skillId, cacheHit: false, durationMs: 2, artifactCount: 1, artifacts }],
    ['sfx', null, { skillId, reason: 'cache_hit', madeByRunId, artifactCount: 0, artifacts: [] }],
  ]);
});

test('whom a step waits for is told when it changes', async () => {
  await db.steps.insertSteps([newStep(run)]);
  const on = (stepId: string) => ({ kind: 'execution' as const, runId: newId(), stepId });
  const other = on('other');
  const wait = (waitingOn: typeof other) =>
    db.steps.noteWaiting('acme', run.id, 'bgm', { ...KEY, waitingOn });
  await wait(other);
  await wait(other);
  await wait({ ...other, stepId: 'another' });
  expect((await told(1)).map(({ type, data }) => [type, data])).toEqual([
    ['step.waiting', { on: other }],
    ['step.waiting', { on: { ...other, stepId: 'another' } }],
  ]);
});

test("of the steps of a map's items only failures are told", async () => {
  const item = (stepId: string) => ({ ...newStep(run, { stepId }), mapStepId: 'bgm', itemKey: 'a' });
  await db.steps.insertItemSteps(['one', 'two', 'three'].map(item));
  for (const stepId of ['one', 'two'])
    await db.steps.startAttempt('acme', run.id, stepId, { ...KEY, attempt: 1 });
  await db.steps.completeStep('acme', run.id, 'one', result);
  await db.steps.failStep('acme', run.id, 'two', { error: 'a\0b', errorCode: 'E' });
  await db.steps.skipSteps('acme', run.id, ['three'], 'blocked');
  const [only, ...more] = await told(1);
  expect(more).toEqual([]);
  expect(only).toMatchObject({
    type: 'step.failed',
    stepId: 'two',
    data: { code: 'E', message: 'a\uFFFDb' },
  });
});
