// Real processes, killed for real: each stack is started by a process of its own.
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { startStarter, type Starter } from './testing/start-starter.js';
import { scratchFolder, sql, untilGone } from './testing/scratch.js';

const TIMEOUT_MS = 60_000;

let scratch: ReturnType<typeof scratchFolder>;
let starters: Starter[];
let pids: number[];

beforeEach(() => {
  scratch = scratchFolder();
  starters = [];
  pids = [];
});

afterEach(async () => {
  for (const { child } of starters) child.kill('SIGKILL');
  await untilGone(pids);
  scratch.remove();
});

async function up() {
  const starter = startStarter(scratch.folder);
  starters.push(starter);
  const stack = await starter.until('up');
  pids.push(...stack.pids);
  return { starter, stack };
}

function parentOf(pid: number): number {
  return Number(execFileSync('ps', ['-o', 'ppid=', '-p', String(pid)], { encoding: 'utf8' }));
}

describe('a start that is ended', () => {
  test(
    'by SIGTERM leaves no process behind',
    async () => {
      const { starter, stack } = await up();
      const keepers = stack.pids.map(parentOf);
      await starter.end('SIGTERM');
      expect(starter.child.exitCode).toBe(0);
      await untilGone([...stack.pids, ...keepers]);
    },
    TIMEOUT_MS,
  );

  test(
    'by kill -9 leaves no process behind, and its data for the next',
    async () => {
      const first = await up();
      const keepers = first.stack.pids.map(parentOf);
      await sql(first.stack.databaseUrl, 'CREATE TABLE kept AS SELECT 1 AS one');
      await first.starter.end('SIGKILL');
      await untilGone([...first.stack.pids, ...keepers]);

      const second = await up();
      expect(second.stack.shared).toBe(false);
      expect(await sql(second.stack.databaseUrl, 'SELECT one FROM kept')).toEqual([[1]]);
    },
    TIMEOUT_MS,
  );

  test(
    'by kill -9 together with its keepers is cleared away by the next',
    async () => {
      const first = await up();
      await sql(first.stack.databaseUrl, 'CREATE TABLE kept AS SELECT 1 AS one');
      first.starter.child.kill('SIGSTOP');
      for (const keeper of first.stack.pids.map(parentOf)) process.kill(keeper, 'SIGKILL');
      await first.starter.end('SIGKILL');

      const second = await up();
      const [postgresPid, temporalPid] = first.stack.pids;
      await second.starter.until('log', ({ line }) =>
        line.includes(`PostgreSQL that an earlier start left behind (process ${postgresPid})`),
      );
      await second.starter.until('log', ({ line }) => line.includes(`left behind (process ${temporalPid})`));
      await untilGone(first.stack.pids);
      expect(await sql(second.stack.databaseUrl, 'SELECT one FROM kept')).toEqual([[1]]);
    },
    TIMEOUT_MS,
  );
});

describe('a second start', () => {
  test(
    'shares the stack of the first, leaves it running, and is told when the first ends',
    async () => {
      const first = await up();
      const second = await up();
      expect(second.stack).toEqual({ ...first.stack, shared: true });

      const third = await up();
      await third.starter.end('SIGTERM');
      expect(await sql(first.stack.databaseUrl, 'SELECT 1')).toEqual([[1]]);

      await first.starter.end('SIGTERM');
      const crash = await second.starter.until('crash', ({ part }) => part === 'postgres');
      expect(crash.detail).toMatch(/has ended$/);
    },
    TIMEOUT_MS,
  );
});
