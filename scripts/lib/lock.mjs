import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { linkSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/**
 * Does `work` while no other process does it under the same folder. The lock of a process that is gone, however it
 * went, does not count. (libs/local-stack has the same kind of lock, explained there; nothing of it is built yet
 * when this one is needed.)
 * @param {string} folder
 * @param {(pid: number) => void} waiting told once who is waited for
 * @param {() => Promise<void>} work
 */
export async function withLock(folder, waiting, work) {
  mkdirSync(folder, { recursive: true });
  let told = false;
  let mine;
  while (mine === undefined) {
    const { generation, pid } = latest(folder);
    if (pid === undefined) {
      mine = take(folder, generation + 1);
      continue;
    }
    if (!told) waiting(pid);
    told = true;
    await delay(200);
  }
  try {
    await work();
  } finally {
    // Emptied, not removed: the numbers must only ever rise.
    writeFileSync(join(folder, String(mine)), '');
  }
}

function latest(folder) {
  const generation = numbers(folder).at(-1) ?? 0;
  if (generation === 0) return { generation };
  try {
    const { pid, since } = JSON.parse(readFileSync(join(folder, String(generation)), 'utf8'));
    return { generation, pid: startOf(pid) === since ? pid : undefined };
  } catch {
    return { generation };
  }
}

function take(folder, generation) {
  const temporary = join(folder, randomUUID());
  writeFileSync(temporary, JSON.stringify({ pid: process.pid, since: startOf(process.pid) }));
  try {
    linkSync(temporary, join(folder, String(generation)));
  } catch (error) {
    if (error.code === 'EEXIST') return undefined;
    throw error;
  } finally {
    rmSync(temporary, { force: true });
  }
  if (numbers(folder).at(-1) === generation) {
    for (const old of numbers(folder))
      if (old < generation) rmSync(join(folder, String(old)), { force: true });
    return generation;
  }
  rmSync(join(folder, String(generation)), { force: true });
  return undefined;
}

function numbers(folder) {
  return readdirSync(folder)
    .filter(name => /^\d+$/.test(name))
    .map(Number)
    .sort((a, b) => a - b);
}

/** When a process started, which tells it from a later one with the same id; undefined if there is none. */
function startOf(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    if (process.platform === 'linux') return undefined;
  }
  try {
    return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim();
  } catch {
    return undefined;
  }
}
