import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { isAlive } from '../processes.js';

/** A new folder with a space and letters beyond ASCII in its path, and what removes it. */
export function scratchFolder(): { folder: string; remove: () => void } {
  const folder = mkdtempSync(join(tmpdir(), 'cairn höme '));
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** Resolves once none of the processes exists. */
export async function untilGone(pids: readonly number[]): Promise<void> {
  const deadline = Date.now() + 20_000;
  while (pids.some(isAlive)) {
    if (Date.now() > deadline) throw new Error(`still there: ${pids.filter(isAlive).join(', ')}`);
    await delay(20);
  }
}

/** Rows of one statement, each as an array of its values. */
export async function sql(databaseUrl: string, statement: string): Promise<unknown[][]> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    return (await client.query<unknown[]>({ text: statement, rowMode: 'array' })).rows;
  } finally {
    await client.end();
  }
}

/** Listens on a port of 127.0.0.1 until closed. */
export async function occupy(port: number): Promise<Server> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(port, '127.0.0.1', resolve);
  });
  return server;
}
