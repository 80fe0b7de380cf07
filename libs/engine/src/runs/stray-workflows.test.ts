import { digestOf } from '@cairn/canonical';
import { newId } from '@cairn/dao';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { silent, startTestEngine, TENANT, type TestEngine } from '../testing/test-engine.js';
import { Reconciler, type ReconcilerSettings } from './reconciler.js';
import { settleRun } from './settle-run.js';

let it: TestEngine;
beforeAll(async () => void (it = await startTestEngine()));
afterAll(() => it.stop());
beforeEach(() => it.reset());

const reconciler = (settings: Partial<ReconcilerSettings> = {}) =>
  new Reconciler(
    { dataSource: it.dataSource, control: it.control, log: silent },
    { sweepEveryMs: 0, strayForMs: 0, claimsEndAfterMs: 0, startAfterMs: 60_000, ...settings },
  );
const ref = (runId: string) => ({ tenantId: TENANT, runId });
/** A run that Temporal executes; `execution` tells its workflow. */
async function executed(execution: string) {
  const { run } = await it.service.create(TENANT, { workflow: 'toy.echo', trigger: { text: 'hello' } });
  await it.records.runs.markRunning(TENANT, run.id);
  listed(execution, run.id, run.temporalWorkflowId);
  return run;
}
const listed = (executionId: string, runId: string, temporalWorkflowId = `run-${runId}`) =>
  void it.control.open.push({ executionId, runId, temporalWorkflowId });
const begin = (runId: string, stepId: string) =>
  it.records.steps.startAttempt(TENANT, runId, stepId, {
    attempt: 1,
    inputHash: digestOf(1),
    cacheKey: digestOf(2),
  });
const rows = <T>(sql: string) => it.dataSource.query<T[]>(sql);

describe('a workflow that nobody waits for', () => {
  test('is ended, with the reason; those of live runs, and of others than runs, stay', async () => {
    const live = await executed('live');
    const settled = await executed('settled');
    await settleRun(it.dataSource, ref(settled.id), { status: 'cancelled' });
    const deleted = newId();
    listed('deleted', deleted);
    listed('second', live.id, 'started by hand');
    listed('of somebody else', 'not an id');
    const one = reconciler();
    // A page at a time, then from the beginning.
    const stopped = [];
    for (let page = 0; page < 6; page += 1) stopped.push((await one.tick()).stopped);
    expect(stopped).toEqual([0, 1, 1, 1, 0, 0]);
    expect(it.control.terminated).toEqual([
      ['settled', `Run ${settled.id} has ended: it is recorded as cancelled`],
      ['deleted', `Cairn has no record of run ${deleted}`],
      ['second', `Run ${live.id} is executed by the workflow run-${live.id}`],
    ]);
    expect(await it.records.runs.getRun(TENANT, live.id)).toMatchObject({ status: 'running' });
  });

  test('stays when the database knows none: it may be the wrong one', async () => {
    listed('of another installation', newId());
    const one = reconciler();
    for (let page = 0; page < 4; page += 1) expect((await one.tick()).stopped).toBe(0);
    expect(it.control.terminated).toEqual([]);
  });

  test('takes with it the steps that whoever ended the run left open, and changes the run in nothing', async () => {
    const run = await executed('by hand');
    await begin(run.id, 'first');
    await rows(
      `UPDATE "run" SET "status" = 'failed', "errorCode" = 'BY_HAND', "error" = 'enough', "completedAt" = now()`,
    );
    const before = await it.records.runs.getRun(TENANT, run.id);
    await reconciler().tick();
    const steps = await it.records.steps.listSteps(TENANT, run.id);
    expect(
      steps.map(({ stepId, status, errorCode, error, reason }) => [
        stepId,
        status,
        errorCode ?? reason,
        error,
      ]),
    ).toEqual([
      ['first', 'failed', 'BY_HAND', 'enough'],
      ['second', 'skipped', 'blocked', null],
      ['third', 'skipped', 'blocked', null],
      ['fourth', 'skipped', 'blocked', null],
    ]);
    expect(await it.records.runs.getRun(TENANT, run.id)).toEqual(before);
  });

  test('is given the time to end by itself', async () => {
    const run = await executed('ending');
    await settleRun(it.dataSource, ref(run.id), { status: 'failed' });
    const patient = reconciler({ strayForMs: 300 });
    // It is found somewhere in the first look.
    const lookedAt = performance.now();
    expect((await patient.tick()).stopped).toBe(0);
    let stopped = 0;
    while (stopped === 0 && performance.now() - lookedAt < 10_000) ({ stopped } = await patient.tick());
    expect([stopped, performance.now() - lookedAt >= 300]).toEqual([1, true]);
  });

  test('that has ended when it is looked for again is forgotten, not ended later', async () => {
    const run = await executed('gone');
    await settleRun(it.dataSource, ref(run.id), { status: 'failed' });
    const patient = reconciler({ strayForMs: 60_000 });
    await patient.tick();
    it.control.open.length = 0;
    for (let sweep = 0; sweep < 3; sweep += 1) await patient.tick();
    expect(it.control.terminated).toEqual([]);
  });

  test('is looked for once in a while only, and again after an outage', async () => {
    const run = await executed('late');
    await settleRun(it.dataSource, ref(run.id), { status: 'failed' });
    const rare = reconciler({ sweepEveryMs: 60_000 });
    it.control.refused.add('all');
    await expect(rare.tick()).rejects.toMatchObject({ code: 'TEMPORAL_UNAVAILABLE' });
    it.control.refused.clear();
    expect((await rare.tick()).stopped).toBe(1);
    expect((await rare.tick()).stopped).toBe(0);
    expect(it.control.terminated).toHaveLength(1);
  });
});

describe('what a run leaves that has ended', () => {
  const KEY = digestOf('key');
  const claim = (runId: string, cacheKey = KEY) =>
    it.records.claims.claim({
      tenantId: TENANT,
      runId,
      stepId: 'first',
      cacheKey,
      attempt: 1,
      leaseMs: 600_000,
    });
  const waits = (runId: string) =>
    it.records.claims.wait({
      tenantId: TENANT,
      runId,
      stepId: 'first',
      cacheKey: KEY,
      temporalWorkflowId: `run-${runId}`,
    });
  const held = async () =>
    (await rows<{ runId: string }>(`SELECT "runId" FROM "step_claim"`)).map(row => row.runId);

  test.each(['ended', 'gone'])(
    'its claim, when it is %s: who waits for it is woken and can have it',
    async how => {
      const [holder, waiter] = [await executed('holder'), await executed('waiter')];
      const answer = await claim(holder.id);
      await waits(waiter.id);
      if (how === 'gone') await rows(`DELETE FROM "run" WHERE "id" = '${holder.id}'`);
      else await settleRun(it.dataSource, ref(holder.id), { status: 'failed' });
      await Promise.all([reconciler().tick(), reconciler().tick()]);
      expect(await held()).toEqual([]);
      const due = await it.records.claims.dueWakes({ overdueMs: 0, limit: 10 });
      expect(due.map(({ runId }) => runId)).toEqual([waiter.id]);
      expect((await claim(waiter.id)).kind).toBe('held');
      // Whoever still works under the old claim is found out.
      expect(answer.kind === 'held' && (await it.records.claims.end(answer.claim))).toBe(false);
    },
  );

  test('its claim is left to its holder for a while, and one of a live run for ever', async () => {
    const [ended, live] = [await executed('ended'), await executed('live')];
    await claim(ended.id);
    await claim(live.id, digestOf('other key'));
    await settleRun(it.dataSource, ref(ended.id), { status: 'failed' });
    await reconciler({ claimsEndAfterMs: 60_000 }).tick();
    expect((await held()).sort()).toEqual([ended.id, live.id].sort());
    await reconciler().tick();
    expect(await held()).toEqual([live.id]);
  });

  test('the waiting of its steps, also while Temporal is away; not that of a live run', async () => {
    const [ended, live] = [await executed('ended'), await executed('live')];
    await waits(ended.id);
    await waits(live.id);
    await settleRun(it.dataSource, ref(ended.id), { status: 'failed' });
    it.control.refused.add('all');
    await expect(reconciler().tick()).rejects.toMatchObject({ code: 'TEMPORAL_UNAVAILABLE' });
    const waiting = await rows<{ runId: string }>(`SELECT "runId" FROM "step_waiter"`);
    expect(waiting.map(({ runId }) => runId)).toEqual([live.id]);
  });
});
