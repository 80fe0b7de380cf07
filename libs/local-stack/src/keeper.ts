/**
 * A program: starts one child and ends it when its own standard input closes, which the operating system does when
 * the process that started the keeper is gone, however it went. So even `kill -9` leaves nothing behind.
 *
 * The first line of standard input is a KeeperOrder as JSON (not an argument: its environment may hold secrets, and
 * anyone can list arguments). On standard output, one JSON object a line: `{"pid"}` once the child runs,
 * `{"failed"}` if it cannot be run, `{"code","signal"}` when it has ended.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { KeeperOrder } from './keeper-order.js';

let child: ChildProcess | undefined;
let order: KeeperOrder | undefined;

function report(message: object): Promise<void> {
  return new Promise(resolve => {
    process.stdout.write(`${JSON.stringify(message)}\n`, () => resolve());
  });
}

function begin(line: string): void {
  order = JSON.parse(line) as KeeperOrder;
  const { command, args, logFile, argv0, cwd, env, uid, gid, signalGroup } = order;
  const log = openSync(logFile, 'a');
  // A group of its own: a Ctrl-C in the terminal must not reach the child past its keeper.
  child = spawn(command, args, { argv0, cwd, env, uid, gid, detached: true, stdio: ['ignore', log, log] });
  closeSync(log);
  child.once('spawn', () => void report({ pid: child?.pid }));
  child.once('error', error => {
    void report({ failed: error.message }).then(() => process.exit(0));
  });
  child.once('exit', (code, signal) => {
    if (signalGroup) signalChild('SIGKILL');
    void report({ code, signal }).then(() => process.exit(0));
  });
}

function signalChild(signal: NodeJS.Signals): void {
  if (child?.pid === undefined) return;
  try {
    process.kill(order?.signalGroup ? -child.pid : child.pid, signal);
  } catch {
    // It has just ended; its exit is on the way.
  }
}

let ending = false;
function end(): void {
  if (!order) process.exit(0);
  if (ending) return;
  ending = true;
  let after = 0;
  for (const [signal, patience] of order.endWith) {
    setTimeout(() => signalChild(signal), after);
    after += patience;
  }
}

// The parent may be gone: writing to it then fails, which must not stop the keeper from doing its work.
process.stdout.on('error', () => undefined);
const input = createInterface({ input: process.stdin });
input.once('line', begin);
input.once('close', end);
process.stdin.on('error', end);
process.on('SIGTERM', end);
process.on('SIGINT', end);
process.on('SIGHUP', () => undefined);
