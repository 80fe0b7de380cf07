import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { KeeperOrder } from './keeper-order.js';
import { lastLines, prepareLog, readLogFrom } from './log-file.js';
import { endProcess } from './processes.js';

/** A child process that ends with this one. */
export interface KeptProcess {
  pid: number;
  /** Resolves when the child has ended; `asked` says whether `stop` was called before. */
  ended: Promise<{ how: string; asked: boolean }>;
  /** Whether the child has ended. */
  hasEnded(): boolean;
  /** What this child wrote to its log so far (at most the last 64 KiB). */
  output(): Promise<string>;
  /** Ends the child and waits until it is gone. */
  stop(): Promise<void>;
}

type Report = { pid?: number; failed?: string; code?: number | null; signal?: string | null };

/**
 * Runs a command under a keeper (see keeper.ts), so that it ends when this process does.
 * @throws Error when the command cannot be run
 */
export async function startKept(order: KeeperOrder): Promise<KeptProcess> {
  const offset = prepareLog(order.logFile);
  const keeper = spawn(
    process.execPath,
    ['--max-old-space-size=32', fileURLToPath(new URL('./keeper.js', import.meta.url))],
    // Outside this process's group, so that a Ctrl-C reaches only whoever is to order the end.
    { cwd: '/', detached: true, stdio: ['pipe', 'pipe', 'ignore'], env: { PATH: process.env.PATH } },
  );
  const reports = followReports(keeper);
  keeper.stdin.write(`${JSON.stringify(order)}\n`);
  const first = await reports.first;
  if (first.pid === undefined) throw new Error(first.failed ?? 'its keeper ended before it began');

  const pid = first.pid;
  let asked = false;
  let gone = false;
  const ended = reports.last.then(async last => {
    if (!last) await endProcess(pid, order.endWith);
    gone = true;
    return { how: howItEnded(last), asked };
  });
  return {
    pid,
    ended,
    hasEnded: () => gone,
    output: () => readLogFrom(order.logFile, offset),
    async stop() {
      asked = true;
      keeper.stdin.end();
      await ended;
    },
  };
}

/** The last lines a child wrote, to show with a failure. */
export async function tailOf(child: KeptProcess): Promise<string> {
  return lastLines(await child.output(), 15);
}

function followReports(keeper: ChildProcess): { first: Promise<Report>; last: Promise<Report | undefined> } {
  if (!keeper.stdout || !keeper.stdin) throw new Error('a keeper has no pipes');
  keeper.stdin.on('error', () => undefined);
  const lines = createInterface({ input: keeper.stdout });
  let exit: Report | undefined;
  const first = new Promise<Report>(resolve => {
    lines.on('line', line => {
      const report = JSON.parse(line) as Report;
      if ('code' in report) exit = report;
      resolve(report);
    });
    lines.once('close', () => resolve({}));
    keeper.once('error', error => resolve({ failed: error.message }));
  });
  const last = Promise.race([once(keeper, 'close'), once(keeper, 'error')]).then(
    () => exit,
    () => exit,
  );
  return { first, last };
}

function howItEnded(last: Report | undefined): string {
  if (!last) return 'its keeper was killed';
  return last.signal ? `killed by ${last.signal}` : `exit code ${last.code}`;
}
