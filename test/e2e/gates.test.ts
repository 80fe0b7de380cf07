import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { digestOf } from '@cairn/canonical';
import { CairnApiError, type Gate, type GateDecisionRequest, type Run } from '@cairn/client';
import { openGate, type TcpGate } from '@cairn/api/testing';
import { createDataSource, type DataSource } from '@cairn/dao';
import { Client, Connection, type WorkflowHandle } from '@temporalio/client';
import { startCairn, type Cairn } from '../support/cairn.js';
import { startOwnStack, type OwnStack } from '../support/own-stack.js';
import { inconsistencies } from '../support/records.js';
import { stepOf } from '../support/steps.js';
import { waitUntil } from '../support/wait-until.js';

/** PostgreSQL and Temporal are this test's own: it kills them. */
let stack: OwnStack;
let cairn: Cairn;
/** Temporal, as the API reaches it. */
let wire: TcpGate;
let dataSource: DataSource;

beforeAll(async () => {
  stack = await startOwnStack();
  wire = await openGate(stack.temporalAddress);
  cairn = await startCairn({
    catalog: 'shapes',
    env: { DATABASE_URL: stack.databaseUrl, TEMPORAL_ADDRESS: stack.temporalAddress },
    apiEnv: { TEMPORAL_ADDRESS: `127.0.0.1:${wire.port}` },
  });
  dataSource = await createDataSource({ url: stack.databaseUrl, poolSize: 1 }).initialize();
}, 180_000);
afterAll(async () => {
  await cairn?.stop();
  await dataSource?.destroy();
  await wire?.shut();
  await stack?.stop();
});

/** Talks with Temporal about the workflow of a run. */
async function withWorkflow<T>(runId: string, talk: (handle: WorkflowHandle) => Promise<T>): Promise<T> {
  const connection = await Connection.connect({ address: stack.temporalAddress });
  try {
    return await talk(new Client({ connection }).workflow.getHandle(`run-${runId}`));
  } finally {
    await connection.close();
  }
}

async function start(workflow: string, trigger: unknown): Promise<Run> {
  return (await cairn.client.startRun({ workflow, trigger })).run;
}
/** Starts `shape.release`, and gives its gate once that waits. */
async function release(name: string, mode?: string): Promise<Gate> {
  const run = await start('shape.release', { name, ...(mode && { mode }) });
  return gateOf(run);
}
const gateOf = ({ id: runId }: Pick<Run, 'id'>): Promise<Gate> =>
  waitUntil('the gate is open', async () => {
    const [gate] = (await cairn.client.listGates({ runId, status: 'open' })).items;
    return gate && cairn.client.getGate(gate.id);
  });
const ended = ({ runId }: Gate) => cairn.client.waitForRun(runId, { deadlineMs: 60_000 });
const decision = ({ shownDigest }: Gate, more: Partial<GateDecisionRequest> = {}) => ({
  ...{ approve: true, digest: shownDigest, by: 'ada@example.org', role: 'approver' },
  ...more,
});
const decide = (gate: Gate, more: Partial<GateDecisionRequest> = {}) =>
  cairn.client.decideGate(gate.id, decision(gate, more));
const refused = (call: Promise<unknown>) =>
  call.then(
    () => 'it was taken',
    (error: unknown) => (error instanceof CairnApiError ? `${error.code}: ${error.message}` : error),
  );

describe('a gate', () => {
  test('shows what is to be approved, and waits for a decision on exactly that', async () => {
    const gate = await release('waits');
    const run = await cairn.client.getRun(gate.runId);
    const page = stepOf(run, 'made').output as { page: { digest: string; size: number } };
    expect(gate).toMatchObject({
      ...{ stepId: 'approve', role: 'approver', status: 'open', otherwise: 'reject', expired: false },
      shown: { note: { label: 'made', text: 'waits' }, page: page.page },
      shownDigest: digestOf(gate.shown),
    });
    expect(Date.parse(gate.deadlineAt) - Date.parse(gate.createdAt)).toBe(3 * 24 * 60 * 60 * 1000);
    // A person can look at the files.
    const [shown, ...others] = gate.files;
    expect(others).toEqual([]);
    expect(shown).toMatchObject({ path: '/page', type: 'text/page', digest: page.page.digest });
    const { stream } = await cairn.client.download(shown!.artifactId!);
    expect(await new Response(stream).text()).toBe('waits\n');
    // Operators see why the run goes on and on.
    const { deadlineAt, id: gateId, role } = gate;
    expect(stepOf(run, 'approve')).toMatchObject({
      ...{ kind: 'gate', skillId: '$gate', status: 'running' },
      waitingOn: { kind: 'approval', gateId, role, deadlineAt },
    });
    const { currentDetails } = await withWorkflow(run.id, handle =>
      handle.query<{ currentDetails: string }>('__temporal_workflow_metadata'),
    );
    expect(currentDetails).toContain('| approve | approval by approver | ⧖ waits for approval |');

    expect(await refused(decide(gate, { digest: digestOf('another') }))).toBe(
      `GATE_DIGEST_DIFFERS: The decision is about ${digestOf('another')}; what the gate shows is ${gate.shownDigest}`,
    );
    expect(await cairn.client.getGate(gate.id)).toEqual(gate);
    expect(await decide(gate, { comment: 'looks good' })).toMatchObject({
      ...{ status: 'approved', decidedBy: 'ada@example.org', comment: 'looks good', expired: false },
    });
    const after = await ended(gate);
    expect(after).toMatchObject({
      status: 'completed',
      output: {
        verdict: { approved: true, by: 'ada@example.org', comment: 'looks good' },
        live: 'waits by ada@example.org',
      },
    });
    const { items } = await cairn.client.listRunEvents(gate.runId, { type: 'gate.*' });
    expect(items.map(({ type, stepid, data }) => [type, stepid, data['by']])).toEqual([
      ['gate.approved', 'approve', 'ada@example.org'],
      ['gate.opened', 'approve', undefined],
    ]);
  }, 120_000);

  test('outlives all that runs: API, worker, Temporal and PostgreSQL, killed and started again', async () => {
    const gate = await release('all');
    const programs = [cairn.api, cairn.worker];
    await dataSource.destroy();
    await Promise.all([...programs.map(program => program.end('SIGKILL')), stack.kill()]);
    await stack.restart();
    await Promise.all([...programs.map(program => program.start()), dataSource.initialize()]);
    expect(await cairn.client.getGate(gate.id)).toEqual(gate);
    await decide(gate);
    expect((await ended(gate)).output).toMatchObject({ live: 'all by ada@example.org' });
  }, 180_000);

  test('that is rejected leaves out what waits for approval', async () => {
    const gate = await release('rejected');
    await decide(gate, { approve: false });
    const after = await ended(gate);
    expect(after).toMatchObject({
      status: 'completed',
      output: { verdict: { approved: false, by: 'ada@example.org' }, live: 'not published' },
    });
    expect(stepOf(after, 'live')).toMatchObject({ status: 'skipped', reason: 'condition_false' });
  });

  test('whose deadline comes is decided by its default', async () => {
    const { id: runId } = await start('shape.deadline', { name: 'deadline' });
    const after = await cairn.client.waitForRun(runId, { deadlineMs: 30_000 });
    expect(after.output).toEqual({
      yes: { approved: true, expired: true },
      no: { approved: false, expired: true },
    });
    const { items: gates } = await cairn.client.listGates({ runId });
    expect(gates.map(({ stepId, status, expired }) => [stepId, status, expired]).sort()).toEqual([
      ['no', 'rejected', true],
      ['yes', 'approved', true],
    ]);
    expect(await refused(cairn.client.decideGate(gates[0]!.id, decision(gates[0] as Gate)))).toMatch(
      /^GATE_CLOSED: .*: its deadline has (approved|rejected) it$/,
    );
  });

  test('is decided while Temporal is away, also if the API dies then: the run is told when it is back', async () => {
    const gate = await release('no Temporal');
    await wire.shut();
    expect((await decide(gate)).status).toBe('approved');
    await cairn.api.end('SIGKILL');
    await wire.open();
    await cairn.api.start();
    expect((await ended(gate)).output).toMatchObject({ live: 'no Temporal by ada@example.org' });
  }, 120_000);

  test('is closed when its run ends otherwise', async () => {
    const [cancelled, terminated] = await Promise.all([release('cancelled'), release('terminated')]);
    await cairn.client.cancelRun(cancelled.runId);
    await withWorkflow(terminated.runId, handle => handle.terminate('enough'));
    const after = await Promise.all([ended(cancelled), ended(terminated)]);
    expect(after.map(({ status, errorCode }) => errorCode ?? status)).toEqual(['CANCELLED', 'TERMINATED']);
    for (const gate of [cancelled, terminated]) {
      expect(await cairn.client.getGate(gate.id)).toMatchObject({ status: 'closed' });
      expect(await refused(decide(gate))).toBe(
        'GATE_CLOSED: The gate takes no decision any more: its run has ended',
      );
    }
    expect(stepOf(after[0]!, 'approve')).toMatchObject({ status: 'failed', errorCode: 'CANCELLED' });
  }, 60_000);

  test('whose run is retried is not asked again about the same', async () => {
    const gate = await release('retried', 'fail');
    await decide(gate);
    expect(await ended(gate)).toMatchObject({ status: 'failed', errorCode: 'TOY_FAILED' });
    const { run: retry } = await cairn.client.retryRun(gate.runId);
    const after = await cairn.client.waitForRun(retry.id, { deadlineMs: 30_000 });
    expect(after).toMatchObject({ status: 'failed', errorCode: 'TOY_FAILED' });
    expect(stepOf(after, 'approve').output).toEqual({ approved: true, by: 'ada@example.org' });
  });
});

test('nothing is left that does not fit together', async () => {
  expect(await inconsistencies({ dataSource, home: cairn.home })).toEqual([]);
});
