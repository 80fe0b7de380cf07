import { fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createTestDatabase } from '@cairn/dao/testing';
import type { Client } from '@temporalio/client';
import pg from 'pg';
import { temporalAddress } from '../../support/cairn.js';
import { SCHEMA } from './database.js';
import type { items, ItemsRun } from './map-workflow.js';
import type { levels, LevelsRun } from './workflow.js';

/** The pipeline that was written by hand, with its worker, its database and its folder. */
export interface ByHand {
  /** Records a run and starts its workflow. @returns the workflow's id. */
  start(value: string, pause: number): Promise<string>;
  /** The same with a list of items. */
  startItems(of: Omit<ItemsRun, 'runId'>): Promise<string>;
  stop(): Promise<void>;
}

/** @param slots activities at once; a number of the worker's own unless told */
export async function startByHand(client: Client, slots?: number): Promise<ByHand> {
  const database = await createTestDatabase();
  const pool = new pg.Pool({ connectionString: database.url, max: 10 });
  await pool.query(SCHEMA);
  const folder = await mkdtemp(join(tmpdir(), 'by-hand-'));
  const taskQueue = `by-hand-${process.pid}`;
  const worker = fork(fileURLToPath(new URL('./worker.js', import.meta.url)), {
    env: {
      ...process.env,
      BY_HAND_FOLDER: join(folder, 'artifacts'),
      BY_HAND_TASK_QUEUE: taskQueue,
      ...(slots !== undefined && { BY_HAND_SLOTS: String(slots) }),
      DATABASE_URL: database.url,
      TEMPORAL_ADDRESS: temporalAddress(),
    },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const ended = once(worker, 'exit');
  await Promise.race([
    once(worker, 'message'),
    ended.then(() => Promise.reject(new Error('The worker by hand ended as it started'))),
  ]);
  const record = async (workflow: string, trigger: object) => {
    const runId = randomUUID();
    await pool.query('INSERT INTO run (id, workflow, trigger) VALUES ($1, $2, $3)', [
      runId,
      workflow,
      trigger,
    ]);
    return { runId, workflowId: `by-hand-${runId}` };
  };
  return {
    async start(value, pause) {
      const { runId, workflowId } = await record('levels', { value, pause });
      const run: LevelsRun = { runId, value, pause };
      await client.workflow.start<typeof levels>('levels', { taskQueue, workflowId, args: [run] });
      return workflowId;
    },
    async startItems(of) {
      const { runId, workflowId } = await record('items', of);
      await client.workflow.start<typeof items>('items', { taskQueue, workflowId, args: [{ ...of, runId }] });
      return workflowId;
    },
    async stop() {
      worker.disconnect();
      await ended;
      await pool.end();
      await database.drop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
