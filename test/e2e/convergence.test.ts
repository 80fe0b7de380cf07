import { spawnSync } from 'node:child_process';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { Client, Connection, type WorkflowHandle } from '@temporalio/client';
import { openGate, type TcpGate } from '@cairn/api/testing';
import type { Run } from '@cairn/client';
import { openArtifactDisk, type ArtifactDisk } from '../faults/artifact-disk.js';
import { startCairn, temporalAddress, type Cairn } from '../support/cairn.js';
import { inconsistencies } from '../support/records.js';
import { stepOf } from '../support/steps.js';
import { waitUntil } from '../support/wait-until.js';

// Beside test/e2e/faults.test.ts: what an operator or a restored backup does behind the engine's back, the worker's
// way to Temporal, and the disk.

let folder: string;
let disk: ArtifactDisk;
let apiGate: TcpGate;
let workerGate: TcpGate;
let connection: Connection;
let temporal: Client;
let cairn: Cairn;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cairn-convergence-'));
  disk = await openArtifactDisk(join(folder, 'artifacts'), 16 * 1024 * 1024);
  [apiGate, workerGate] = await Promise.all([openGate(temporalAddress()), openGate(temporalAddress())]);
  connection = await Connection.connect({ address: temporalAddress() });
  temporal = new Client({ connection });
  cairn = await startCairn({
    env: { CAIRN_ARTIFACTS: disk.seenHere },
    apiEnv: { TEMPORAL_ADDRESS: `127.0.0.1:${apiGate.port}` },
    workerEnv: () => Promise.resolve({ TEMPORAL_ADDRESS: `127.0.0.1:${workerGate.port}` }),
  });
}, 120_000);
afterEach(async () => {
  const { dataSource, home } = cairn;
  expect(await inconsistencies({ dataSource, home, artifacts: disk.seenHere })).toEqual([]);
});
afterAll(async () => {
  await cairn?.stop();
  await connection?.close();
  await Promise.all([apiGate?.shut(), workerGate?.shut()]);
  await disk?.close();
  if (folder) await rm(folder, { recursive: true, force: true });
});

const start = async (name: string) =>
  (await cairn.client.startRun({ workflow: 'toy.diamond', trigger: { name, mode: 'wait' } })).run;
const ended = (run: Run) => cairn.client.waitForRun(run.id, { deadlineMs: 120_000 });
const leftOf = async (run: Run) => stepOf(await cairn.client.getRun(run.id), 'left');
/** Starts a run, and waits until its step `left` is being executed, which a test must let go on. */
async function underWay(name: string): Promise<Run> {
  const run = await start(name);
  await waitUntil(`left of ${name} runs`, async () => (await leftOf(run)).status === 'running', 60_000);
  return run;
}
const times = (line: string) => cairn.executions().filter(other => other === line).length;

describe('a workflow that nobody waits for any more', () => {
  const workflowOf = (run: Run) => temporal.workflow.getHandle(`run-${run.id}`);
  /** Why a workflow was terminated, once it is. */
  async function terminationOf(handle: WorkflowHandle): Promise<string | null | undefined> {
    await waitUntil(
      `${handle.workflowId} is terminated`,
      async () => (await handle.describe()).status.name === 'TERMINATED',
      90_000,
    );
    const events = (await handle.fetchHistory()).events ?? [];
    return events.at(-1)?.workflowExecutionTerminatedEventAttributes?.reason;
  }

  test('is terminated: its run was ended by hand, deleted, or is executed twice', async () => {
    const [byHand, deleted, twice] = await Promise.all(['by hand', 'deleted', 'twice'].map(underWay));
    const waiter = await start('by hand');
    await waitUntil('it waits', async () => (await leftOf(waiter)).waitingOn?.runId === byHand!.id, 60_000);
    const aborted = times('left aborted');
    const second = await temporal.workflow.start('toy.diamond', {
      taskQueue: cairn.taskQueue,
      workflowId: `second-${twice!.id}`,
      args: [{ runId: twice!.id, tenantId: 'local' }],
      typedSearchAttributes: [{ key: { name: 'CairnRunId', type: 'KEYWORD' }, value: twice!.id }],
    });
    await cairn.dataSource.query(
      `UPDATE "run" SET "status" = 'failed', "errorCode" = 'BY_HAND', "error" = 'enough', "completedAt" = now()
        WHERE "id" = $1`,
      [byHand!.id],
    );
    for (const table of ['artifact', 'run_step'])
      await cairn.dataSource.query(`DELETE FROM "${table}" WHERE "runId" = $1`, [deleted!.id]);
    await cairn.dataSource.query(`DELETE FROM "run" WHERE "id" = $1`, [deleted!.id]);

    expect(await Promise.all([workflowOf(byHand!), workflowOf(deleted!), second].map(terminationOf))).toEqual(
      [
        `Run ${byHand!.id} has ended: it is recorded as failed`,
        `Cairn has no record of run ${deleted!.id}`,
        `Run ${twice!.id} is executed by the workflow run-${twice!.id}`,
      ],
    );
    // The skills are told to stop, and who waits takes over.
    await waitUntil('the skills stopped', () => times('left aborted') >= aborted + 2, 60_000);
    await waitUntil('the waiter executes', async () => (await leftOf(waiter)).status === 'running', 90_000);
    for (const name of ['by hand', 'twice']) cairn.release(name);
    const after = await Promise.all([waiter, twice!, byHand!].map(ended));
    expect(after.map(({ status, errorCode }) => errorCode ?? status)).toEqual([
      'completed',
      'completed',
      'BY_HAND',
    ]);
    expect(after[2]!.steps.map(({ stepId, status }) => `${stepId} ${status}`).sort()).toEqual([
      'first completed',
      'last skipped',
      'left failed',
      'right completed',
    ]);
  }, 240_000);
});

test('a workflow that times out in Temporal ends its run', async () => {
  await apiGate.shut();
  const run = await start('times out');
  // As the API would start it, but with a time-out.
  await temporal.workflow.start('toy.diamond', {
    taskQueue: cairn.taskQueue,
    workflowId: `run-${run.id}`,
    args: [{ runId: run.id, tenantId: 'local' }],
    workflowExecutionTimeout: '5s',
  });
  await apiGate.open();
  const after = await ended(run);
  expect(after).toMatchObject({ status: 'failed', errorCode: 'TIMED_OUT' });
  expect(stepOf(after, 'last').status).toBe('skipped');
}, 180_000);

test('Temporal away from the worker while a step ends: its result is recorded, and it is executed once', async () => {
  const run = await underWay('no way');
  const before = times('left');
  await workerGate.shut();
  cairn.release('no way');
  await waitUntil('the result is recorded', async () => (await leftOf(run)).status === 'completed', 60_000);
  await workerGate.open();
  const after = await ended(run);
  expect(after.status).toBe('completed');
  expect([stepOf(after, 'left').attempt, times('left')]).toEqual([1, before]);
}, 240_000);

describe('the disk with the artifacts', () => {
  /** Where no file system can be mounted, its folders cannot be written to. */
  const forbid = async (mode: number) => {
    for (const path of ['v1/.incoming', 'v1/local/sha256']) await chmod(join(disk.seenHere, path), mode);
  };
  const remount = (how: 'ro' | 'rw') => {
    const [command, ...args] = disk.within(['mount', '-o', `remount,${how}`, disk.folder]);
    const { status, stderr } = spawnSync(command!, args, { cwd: '/', encoding: 'utf8' });
    // Linux makes nothing read-only while a file in it is open for writing (mount(2), EBUSY): another step's, say.
    if (status !== 0 && stderr.includes('busy')) return false;
    if (status !== 0) throw new Error(stderr);
    return true;
  };
  test.each<[string, (trouble: boolean) => Promise<void>]>([
    [
      'full',
      trouble => (disk.unfillable ? forbid(trouble ? 0o555 : 0o755) : trouble ? disk.fill() : disk.free()),
    ],
    [
      'read-only',
      async trouble => {
        if (disk.unfillable) return forbid(trouble ? 0o555 : 0o755);
        await waitUntil('nobody writes to the disk', () => remount(trouble ? 'ro' : 'rw'));
      },
    ],
  ])(
    '%s for a while: the step is made up for, and costs no attempt',
    async (how, trouble) => {
      const run = await underWay(`disk ${how}`);
      const before = times('left');
      await trouble(true);
      cairn.release(`disk ${how}`);
      // More often than the skill has attempts: they are three.
      await waitUntil('left was executed again and again', () => times('left') >= before + 3, 90_000);
      expect(await leftOf(run)).toMatchObject({ status: 'running' });
      await trouble(false);
      const after = await ended(run);
      expect(after.error).toBeUndefined();
      expect(after.status).toBe('completed');
      for await (const artifact of cairn.client.runArtifacts(run.id)) {
        const { stream } = await cairn.client.download(artifact.id);
        expect((await new Response(stream).arrayBuffer()).byteLength).toBe(artifact.sizeBytes);
      }
    },
    240_000,
  );
});
