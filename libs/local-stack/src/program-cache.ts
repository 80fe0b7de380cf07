import { accessSync, constants, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, delimiter, dirname, join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { tryLock, type OwnerLock } from './owner-lock.js';

/** Where a program is looked for, and who is told of what takes long. */
export interface Search {
  log: (line: string) => void;
  signal?: AbortSignal;
  /** Defaults to `process.env`; of it, PATH, HOME and XDG_CACHE_HOME count. */
  env?: Record<string, string | undefined>;
}

/** Cairn's cache folder: `$XDG_CACHE_HOME/cairn`, else `~/.cache/cairn`. */
export function cacheFolder(env: Record<string, string | undefined> = process.env): string {
  // The specification of XDG_CACHE_HOME says to ignore one that is not absolute.
  const base = env.XDG_CACHE_HOME?.startsWith('/')
    ? env.XDG_CACHE_HOME
    : join(env.HOME || homedir(), '.cache');
  return resolve(base, 'cairn');
}

/** The first executable file called `name` in the folders of PATH. */
export function onPath(
  name: string,
  env: Record<string, string | undefined> = process.env,
): string | undefined {
  const folders = (env.PATH ?? '').split(delimiter).filter(folder => folder !== '');
  return folders.map(folder => join(folder, name)).find(isExecutable);
}

/**
 * A program in the cache folder, got by `get` when it is not there yet; by one process at a time.
 * @param name of the lock, and as in "which is getting …" the `title`.
 * @param get puts the program at `target`, whole or not at all; what it leaves half beside it begins with `target` and a dot.
 * @throws whatever `get`, the file system or the signal throws
 */
export async function cachedProgram(
  target: string,
  { name, title }: { name: string; title: string },
  search: Search,
  get: () => Promise<void>,
): Promise<string> {
  if (isExecutable(target)) return target;
  mkdirSync(dirname(target), { recursive: true });
  const lock = await waitForLock(join(dirname(target), 'locks', name), title, search);
  try {
    if (isExecutable(target)) return target;
    clearHalves(target);
    await get();
    return target;
  } finally {
    lock.release();
  }
}

/** What a download or a build that was killed left; nobody else works there while the lock is held. */
function clearHalves(target: string): void {
  const folder = dirname(target);
  for (const name of readdirSync(folder)) {
    if (name.startsWith(`${basename(target)}.`)) rmSync(join(folder, name), { recursive: true, force: true });
  }
}

async function waitForLock(folder: string, title: string, search: Search): Promise<OwnerLock> {
  for (let told = false; ; told = true) {
    const attempt = tryLock(folder);
    if ('lock' in attempt) return attempt.lock;
    if (!told) search.log(`Waiting for process ${attempt.holder.pid}, which is getting ${title}`);
    await delay(200, undefined, { signal: search.signal });
  }
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}
