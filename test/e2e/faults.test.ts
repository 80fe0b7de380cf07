import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { Client, Connection } from '@temporalio/client';
import { openGate, type TcpGate } from '@cairn/api/testing';
import type { Run } from '@cairn/client';
import { startCairn, temporalAddress, type Cairn } from '../support/cairn.js';
import { inconsistencies } from '../support/records.js';
import { stepOf } from '../support/steps.js';
import { waitUntil } from '../support/wait-until.js';

let cairn: Cairn;
let gate: TcpGate;
let database: TcpGate;
beforeAll(async () => {
  // Temporal as the API sees it stands behind a gate, which can be shut.
  gate = await openGate(temporalAddress());
  cairn = await startCairn({
    apiEnv: { TEMPORAL_ADDRESS: `127.0.0.1:${gate.port}` },
    // And PostgreSQL as the worker sees it.
    workerEnv: async ({ DATABASE_URL }) => {
      const url = new URL(DATABASE_URL!);
      database = await openGate(url.host);
      url.host = `127.0.0.1:${database.port}`;
      return { DATABASE_URL: url.href };
    },
  });
}, 90_000);
afterEach(async () => expect(await inconsistencies(cairn)).toEqual([]));
afterAll(async () => {
  await cairn?.stop();
  await gate?.shut();
  await database?.shut();
});

const start = async (trigger: object) =>
  (await cairn.client.startRun({ workflow: 'toy.diamond', trigger })).run;
const ended = (run: Run) => cairn.client.waitForRun(run.id, { deadlineMs: 90_000 });
const isRunning = (run: Run, stepId: string) => async () =>
  stepOf(await cairn.client.getRun(run.id), stepId).status === 'running';

describe('a process that is killed', () => {
  test('a worker in the middle of a step: the step is executed again, and nothing is twice', async () => {
    const run = await start({ name: 'kill worker', mode: 'wait' });
    await waitUntil('left runs', isRunning(run, 'left'));
    await cairn.worker.end('SIGKILL');
    cairn.release('kill worker');
    await cairn.worker.start();
    const after = await ended(run);
    expect(after.status).toBe('completed');
    expect(stepOf(after, 'left').attempt).toBe(2);
    const artifacts = [];
    for await (const artifact of cairn.client.runArtifacts(run.id)) artifacts.push(artifact);
    expect(artifacts.map(({ stepId, type }) => `${stepId} ${type}`).sort()).toEqual(
      ['first', 'last', 'left', 'right'].flatMap(step => [`${step} json/note`, `${step} text/page`]).sort(),
    );
  }, 120_000);

  test('a worker in the middle of a step that then fails by itself: its death is none of the attempts', async () => {
    const run = await start({ name: 'killed, then flaky', mode: 'wait_flaky' });
    await waitUntil('left runs', isRunning(run, 'left'));
    await cairn.worker.end('SIGKILL');
    cairn.release('killed, then flaky');
    await cairn.worker.start();
    const after = await ended(run);
    expect(after.error).toBeUndefined();
    // One that died, two that failed, and the last of three.
    expect(stepOf(after, 'left').attempt).toBe(4);
  }, 120_000);

  test('a worker that is stopped again and again: the step is none of its attempts poorer', async () => {
    const run = await start({ name: 'restless', mode: 'wait' });
    for (let restarts = 1; restarts <= 4; restarts += 1) {
      await waitUntil(`left runs, attempt ${restarts}`, async () => {
        const left = stepOf(await cairn.client.getRun(run.id), 'left');
        return left.status === 'running' && left.attempt === restarts;
      });
      await cairn.worker.end('SIGTERM');
      await cairn.worker.start();
    }
    cairn.release('restless');
    const after = await ended(run);
    expect(after.error).toBeUndefined();
    expect(after.status).toBe('completed');
  }, 180_000);

  test('the API between the row and the start: the next one starts the run', async () => {
    await gate.shut();
    // Nobody answers this request: the API is killed while it waits for Temporal.
    const request = start({ name: 'kill api' }).catch(() => undefined);
    const id = await waitUntil('the run is recorded', async () => {
      const [row] = await cairn.dataSource.query<{ id: string }[]>(
        `SELECT "id" FROM "run" WHERE "trigger"->>'name' = 'kill api' AND "startRequestedAt" IS NULL`,
      );
      return row?.id;
    });
    await cairn.api.end('SIGKILL');
    await request;
    await gate.open();
    await cairn.api.start();
    const after = await cairn.client.waitForRun(id, { deadlineMs: 60_000 });
    expect(after.status).toBe('completed');
  }, 120_000);
});

describe('PostgreSQL', () => {
  test('away while a step finishes: the result is recorded when it is back, at the first attempt', async () => {
    const run = await start({ name: 'database away', mode: 'wait' });
    await waitUntil('left runs', isRunning(run, 'left'));
    await database.shut();
    cairn.release('database away');
    // Longer than a step's own attempts would last, three of them 100 and 200 ms apart.
    const shutAt = performance.now();
    await waitUntil('the outage has lasted', () => performance.now() - shutAt > 6_000);
    await database.open();
    const after = await ended(run);
    expect(after.status).toBe('completed');
    expect(stepOf(after, 'left').attempt).toBe(1);
  }, 90_000);
});

describe('Temporal', () => {
  test('out of reach: the run is accepted, and starts when it is back', async () => {
    await gate.shut();
    const run = await start({ name: 'temporal away' });
    expect(run.status).toBe('queued');
    await gate.open();
    expect((await ended(run)).status).toBe('completed');
  }, 90_000);

  test('a graph that this build cannot walk fails the run, and is not tried for ever', async () => {
    await gate.shut();
    const { run } = await cairn.client.startRun({ workflow: 'toy.choice', trigger: { loud: false } });
    await cairn.dataSource.query(
      `UPDATE "workflow_graph" SET "graph" = jsonb_set("graph", '{output}', '{"$": "op", "op": "nope", "args": []}')
        WHERE "name" = 'toy.choice'`,
    );
    await gate.open();
    expect(await ended(run)).toMatchObject({
      status: 'failed',
      errorCode: 'INTERPRETER_FAILED',
      error: 'This build does not know the operator nope',
    });
  }, 90_000);

  test.each(['terminate', 'cancel'] as const)(
    'an operator who %ss the workflow leaves no run behind',
    async how => {
      const connection = await Connection.connect({ address: temporalAddress() });
      const run = await start({ name: `${how} in the UI`, mode: 'wait' });
      await waitUntil('left runs', isRunning(run, 'left'));
      const handle = new Client({ connection }).workflow.getHandle(`run-${run.id}`);
      await (how === 'terminate' ? handle.terminate('by an operator') : handle.cancel());
      await connection.close();
      const after = await ended(run);
      expect(after).toMatchObject(
        how === 'terminate'
          ? { status: 'failed', errorCode: 'TERMINATED' }
          : { status: 'cancelled', errorCode: 'CANCELLED' },
      );
      expect(stepOf(after, 'left').status).toBe('failed');
      expect(stepOf(after, 'last').status).toBe('skipped');
    },
    90_000,
  );
});

test('eight runs at once, each another: all complete', async () => {
  const runs = await Promise.all(Array.from({ length: 8 }, (_, i) => start({ name: `crowd ${i}` })));
  const statuses = await Promise.all(runs.map(async run => (await ended(run)).status));
  expect(statuses).toEqual(Array.from({ length: 8 }, () => 'completed'));
}, 90_000);
