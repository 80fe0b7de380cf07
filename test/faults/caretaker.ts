/**
 * A program: removes a folder when its standard input closes, which the operating system does when the process that
 * started it is gone, however it went. Each line of standard input is the id of a process that works in the folder
 * and ends by itself; these are waited for first.
 */
import { existsSync, rmSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';

const PATIENCE_MS = 40_000;
const PAUSE_MS = 100;

const folder = process.argv[2] ?? '';
const pids = new Set<number>();

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function removed(): boolean {
  try {
    rmSync(folder, { recursive: true, force: true });
  } catch {
    // Somebody still writes there.
  }
  return !existsSync(folder);
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => undefined);
for await (const line of createInterface({ input: process.stdin })) pids.add(Number(line));
const end = Date.now() + PATIENCE_MS;
while ([...pids].some(isAlive) && Date.now() < end) await delay(PAUSE_MS);
while (!removed() && Date.now() < 2 * PATIENCE_MS + end) await delay(PAUSE_MS);
if (!removed()) {
  process.stderr.write(`${folder} is still there\n`);
  process.exitCode = 1;
}
