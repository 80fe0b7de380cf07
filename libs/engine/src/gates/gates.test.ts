import { writtenEvents } from '@cairn/dao/testing';
import { digestOf } from '@cairn/canonical';
import type { Gate, Run } from '@cairn/dao';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { GateNode, GateOpening } from '@cairn/pipeline';
import { Reconciler } from '../runs/reconciler.js';
import { settleRun } from '../runs/settle-run.js';
import { handMadeRun } from '../testing/hand-made-run.js';
import { silent, startTestEngine, TENANT, type TestEngine } from '../testing/test-engine.js';
import { GateService, type Decision } from './gate-service.js';
import { openGate } from './open-gate.js';
import { settleGate } from './settle-gate.js';

let it: TestEngine;
let service: GateService;
beforeAll(async () => {
  it = await startTestEngine();
  service = new GateService({ dataSource: it.dataSource, control: it.control, log: silent });
});
afterAll(() => it.stop());
beforeEach(() => it.reset());

const NODE: GateNode = {
  ...{ kind: 'gate', id: 'ok', role: 'approver', withinMs: 3_600_000, otherwise: 'reject' },
  input: { $: 'lit', value: null },
};
const gatedRun = (retryOfRunId: string | null = null) => handMadeRun(it, [NODE], { retryOfRunId });
const opening = ({ id: runId }: Run, more: Partial<GateOpening> = {}): GateOpening => ({
  ...{ runId, tenantId: TENANT, stepId: 'ok', role: 'approver', withinMs: 3_600_000, otherwise: 'reject' },
  shown: { text: 'look' },
  ...more,
});
const ref = ({ id: runId }: Run) => ({ runId, tenantId: TENANT, stepId: 'ok' });
const gateOf = async ({ id }: Run): Promise<Gate> =>
  (await it.records.gates.getGateOfStep(TENANT, id, 'ok'))!;
const stepOf = async ({ id }: Run) => (await it.records.steps.getStep(TENANT, id, 'ok'))!;
const decision = (more: Partial<Decision> = {}): Decision => ({
  ...{ approve: true, digest: digestOf({ text: 'look' }), by: 'ada', role: 'approver' },
  ...more,
});
const codeOf = (call: Promise<unknown>) =>
  call.then(
    () => 'taken',
    (error: { code?: unknown }) => error.code,
  );
async function opened(more: Partial<GateOpening> = {}): Promise<{ run: Run; gate: Gate }> {
  const run = await gatedRun();
  await openGate(it.engine, opening(run, more));
  return { run, gate: await gateOf(run) };
}
const eventsOf = async ({ id: runId }: Run) =>
  (await writtenEvents(it.dataSource, TENANT, runId))
    .map(({ type }) => type)
    .filter(type => type.startsWith('gate.'))
    .reverse();

describe('opening', () => {
  test('is done once, however often it is asked for, also at the same time', async () => {
    const run = await gatedRun();
    const answers = await Promise.all(Array.from({ length: 5 }, () => openGate(it.engine, opening(run))));
    for (const answer of answers) {
      const { kind, forMs } = answer as { kind: string; forMs: number };
      expect([kind, forMs > 3_590_000 && forMs <= 3_600_000]).toEqual(['open', true]);
    }
    expect(await eventsOf(run)).toEqual(['gate.opened']);
  });

  test.each<[string, unknown, RegExp]>([
    ['too much', 'x'.repeat(1024 * 1024), /^What ok shows has 1048578 bytes of JSON; 1048576 is the most$/],
    ['no JSON', { n: NaN }, /^What ok shows is not JSON: \/n /],
  ])('refuses to show what is %s', async (_what, shown, message) => {
    const run = await gatedRun();
    await expect(openGate(it.engine, opening(run, { shown }))).rejects.toMatchObject({
      code: 'GATE_INPUT_INVALID',
      retryable: false,
      message: expect.stringMatching(message),
    });
    expect((await stepOf(run)).status).toBe('pending');
  });

  test('shows nothing, too', async () => {
    const { gate } = await opened({ shown: undefined });
    expect([gate.shown, gate.shownDigest]).toEqual([null, digestOf(null)]);
  });

  test('of a run that has ended opens nothing', async () => {
    const run = await gatedRun();
    await settleRun(it.dataSource, { tenantId: TENANT, runId: run.id }, { status: 'cancelled' });
    expect(await openGate(it.engine, opening(run))).toEqual({ kind: 'skipped', reason: 'cancelled' });
    expect(await it.records.gates.getGateOfStep(TENANT, run.id, 'ok')).toBeNull();
  });
});

describe('a decision', () => {
  test('is refused for another tenant, role or digest, and changes nothing then', async () => {
    const { run, gate } = await opened();
    const tries: [string, Partial<Decision>][] = [
      ['other', {}],
      [TENANT, { role: 'author' }],
      [TENANT, { digest: digestOf('other') }],
    ];
    expect(
      await Promise.all(
        tries.map(([tenant, more]) => codeOf(service.decide(tenant, gate.id, decision(more)))),
      ),
    ).toEqual(['NOT_FOUND', 'ROLE_MISSING', 'GATE_DIGEST_DIFFERS']);
    expect([await gateOf(run), it.control.wakes]).toEqual([gate, []]);
  });

  test('wakes the run, and may be repeated by whoever has made it', async () => {
    const { run, gate } = await opened();
    const decided = await service.decide(TENANT, gate.id, decision({ comment: 'fine' }));
    expect(it.control.wakes).toEqual([`run-${run.id}/ok`]);
    expect(await service.decide(TENANT, gate.id, decision())).toEqual(decided);
    expect(await codeOf(service.decide(TENANT, gate.id, decision({ by: 'bob' })))).toBe('GATE_CLOSED');
    expect(await codeOf(service.decide(TENANT, gate.id, decision({ approve: false })))).toBe('GATE_CLOSED');
    const output = { approved: true, by: 'ada', comment: 'fine' };
    for (const expired of [false, true])
      expect(await settleGate(it.engine, { ...ref(run), expired })).toEqual({
        kind: 'done',
        output,
        fromCache: false,
      });
    expect(await eventsOf(run)).toEqual(['gate.opened', 'gate.approved']);
  });

  test('comes too late once the deadline has passed, before anybody has noticed', async () => {
    const { run, gate } = await opened();
    await it.dataSource.query(`UPDATE "gate" SET "deadlineAt" = now() WHERE "id" = $1`, [gate.id]);
    await expect(service.decide(TENANT, gate.id, decision())).rejects.toMatchObject({
      code: 'GATE_CLOSED',
      message: expect.stringMatching(/: its deadline was 20/),
    });
    expect((await gateOf(run)).status).toBe('open');
  });

  test('by two at once, and by the deadline too, counts once', async () => {
    for (let round = 0; round < 10; round += 1) {
      const { run, gate } = await opened({ otherwise: round % 2 ? 'approve' : 'reject' });
      const [ada, bob] = await Promise.all([
        codeOf(service.decide(TENANT, gate.id, decision())),
        codeOf(service.decide(TENANT, gate.id, decision({ by: 'bob', approve: false }))),
        settleGate(it.engine, { ...ref(run), expired: true }),
      ]);
      const { status, decidedBy, expired } = await gateOf(run);
      const winner = expired ? null : decidedBy;
      expect([ada === 'taken', bob === 'taken']).toEqual([winner === 'ada', winner === 'bob']);
      const { output } = await stepOf(run);
      const verdict = { approved: status === 'approved', ...(expired ? { expired } : { by: winner }) };
      expect(output).toEqual(verdict);
      expect(await eventsOf(run)).toHaveLength(2);
    }
  });

  test('comes too late once the run has ended: its gate is closed with it', async () => {
    const { run, gate } = await opened();
    await settleRun(it.dataSource, { tenantId: TENANT, runId: run.id }, { status: 'cancelled' });
    expect(await codeOf(service.decide(TENANT, gate.id, decision()))).toBe('GATE_CLOSED');
    const { status, decidedBy, decidedAt } = await gateOf(run);
    expect([status, decidedBy, decidedAt !== null]).toEqual(['closed', null, true]);
  });

  test('and the end of the run at once leave no gate open, and none that was decided closed', async () => {
    for (let round = 0; round < 10; round += 1) {
      const { run, gate } = await opened();
      const [said] = await Promise.all([
        codeOf(service.decide(TENANT, gate.id, decision())),
        settleRun(it.dataSource, { tenantId: TENANT, runId: run.id }, { status: 'failed', code: 'ENOUGH' }),
      ]);
      expect((await gateOf(run)).status).toBe(said === 'taken' ? 'approved' : 'closed');
      expect(await stepOf(run)).toMatchObject({ status: 'failed', errorCode: 'ENOUGH', waitingOn: null });
    }
  });
});

describe('settling', () => {
  test('leaves a gate open that nobody has decided, until its time is over', async () => {
    const { run } = await opened();
    expect(await settleGate(it.engine, { ...ref(run), expired: false })).toMatchObject({ kind: 'open' });
    // It is the workflow that knows the time: the database's clock has an hour to go.
    expect(await settleGate(it.engine, { ...ref(run), expired: true })).toEqual({
      kind: 'done',
      output: { approved: false, expired: true },
      fromCache: false,
    });
    expect(await eventsOf(run)).toEqual(['gate.opened', 'gate.expired']);
  });
});

describe('a run that retries another', () => {
  const decided = async (run: Run) => {
    await openGate(it.engine, opening(run));
    await service.decide(TENANT, (await gateOf(run)).id, decision({ approve: false, comment: 'no' }));
  };

  test('takes the decision on the same over, also one that the other has taken over', async () => {
    const first = await gatedRun();
    await decided(first);
    // Its own gate was left out of it: it went on from a step before that.
    const second = await gatedRun(first.id);
    const third = await gatedRun(second.id);
    const output = { approved: false, by: 'ada', comment: 'no' };
    expect(await openGate(it.engine, opening(third))).toEqual({ kind: 'done', output, fromCache: true });
    expect(await stepOf(third)).toMatchObject({ status: 'completed', cacheHit: true, madeByRunId: first.id });
    expect((await gateOf(third)).decidedAt).toEqual((await gateOf(first)).decidedAt);
    expect(await eventsOf(third)).toEqual(['gate.rejected']);
  });

  test('asks about anything else, and where only the deadline had decided', async () => {
    const first = await gatedRun();
    await decided(first);
    const other = opening(await gatedRun(first.id), { shown: { text: 'something else' } });
    const expired = await opened();
    await settleGate(it.engine, { ...ref(expired.run), expired: true });
    const again = opening(await gatedRun(expired.run.id));
    const unrelated = opening(await gatedRun());
    for (const each of [other, again, unrelated])
      expect(await openGate(it.engine, each)).toMatchObject({ kind: 'open' });
  });
});

test('a run that was not told of a decision is told by the reconciler, and not again at once', async () => {
  const { run, gate } = await opened();
  it.control.refused.add('all');
  await service.decide(TENANT, gate.id, decision());
  it.control.refused.clear();
  expect(it.control.wakes).toEqual([]);
  const reconciler = new Reconciler({ dataSource: it.dataSource, control: it.control, log: silent });
  await reconciler.tick();
  // Whoever has recorded it may be about to tell.
  expect(it.control.wakes).toEqual([]);
  await it.dataSource.query(`UPDATE "gate" SET "decidedAt" = now() - interval '5 seconds'`);
  for (let round = 0; round < 3; round += 1) await reconciler.tick();
  expect(it.control.wakes).toEqual([`run-${run.id}/ok`]);
  await settleGate(it.engine, { ...ref(run), expired: false });
  expect(await it.records.gates.acrossTenants.findUntold({ decidedForMs: 0, limit: 10 })).toEqual([]);
});
