import { execFile } from 'node:child_process';
import { accessSync, constants, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { StackError, reasonOf } from './errors.js';
import { tryLock, type OwnerLock } from './owner-lock.js';
import { buildTemporal } from './temporal-build.js';
import { downloadTemporal } from './temporal-download.js';

/** The version of Temporal's command line this is made for: v1.6 and later cannot be built with `go install`. */
export const TEMPORAL_VERSION = 'v1.5.1';

export interface BinarySearch {
  log: (line: string) => void;
  signal?: AbortSignal;
  /** Defaults to `process.env`; of it, PATH, HOME and XDG_CACHE_HOME count. */
  env?: Record<string, string | undefined>;
  /** Ways to get a binary that is nowhere yet; each puts it at `target` or throws. Tried in order. */
  ways?: readonly WayToGet[];
}

/** Puts Temporal's binary at `target`, whole or not at all. `name` reads as in "download failed". */
export interface WayToGet {
  name: string;
  get(target: string, search: BinarySearch): Promise<void>;
}

const WAYS: readonly WayToGet[] = [
  { name: 'download', get: downloadTemporal },
  { name: 'go install', get: buildTemporal },
];

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
 * Temporal's binary: `temporal` on the PATH, else the one in Cairn's cache folder, which is downloaded or built
 * the first time.
 * @returns its path
 * @throws StackError TEMPORAL_UNAVAILABLE with what to do, when there is none and none can be had
 */
export async function findTemporalBinary(search: BinarySearch): Promise<string> {
  const env = search.env ?? process.env;
  const installed = onPath('temporal', env);
  if (installed && (await answers(installed, env))) return installed;

  const folder = cacheFolder(env);
  const cached = join(folder, `temporal-${TEMPORAL_VERSION}`);
  if (isExecutable(cached)) return cached;
  const lock = await lockCache(folder, search);
  try {
    if (isExecutable(cached)) return cached;
    clearHalves(folder);
    const failures: string[] = [];
    for (const way of search.ways ?? WAYS) {
      try {
        await way.get(cached, search);
        return cached;
      } catch (error) {
        search.signal?.throwIfAborted();
        failures.push(`${way.name}: ${reasonOf(error)}`);
      }
    }
    throw unavailable(failures.join('; '));
  } finally {
    lock.release();
  }
}

/** Something else may be called temporal too: only Temporal's command line knows its development server. */
async function answers(file: string, env: Record<string, string | undefined>): Promise<boolean> {
  try {
    const { stdout } = await promisify(execFile)(file, ['server', 'start-dev', '--help'], {
      env,
      timeout: 10_000,
    });
    return stdout.includes('--db-filename');
  } catch {
    return false;
  }
}

async function lockCache(folder: string, search: BinarySearch): Promise<OwnerLock> {
  try {
    mkdirSync(folder, { recursive: true });
    return await waitForLock(join(folder, 'locks', 'temporal'), search);
  } catch (error) {
    search.signal?.throwIfAborted();
    throw unavailable(`cache folder: ${reasonOf(error)}`);
  }
}

/** What a download or a build that was killed left; nobody else works there while the lock is held. */
function clearHalves(folder: string): void {
  for (const name of readdirSync(folder)) {
    if (name.startsWith(`temporal-${TEMPORAL_VERSION}.`))
      rmSync(join(folder, name), { recursive: true, force: true });
  }
}

async function waitForLock(folder: string, search: BinarySearch): Promise<OwnerLock> {
  for (let told = false; ; told = true) {
    const attempt = tryLock(folder);
    if ('lock' in attempt) return attempt.lock;
    if (!told)
      search.log(`Waiting for process ${attempt.holder.pid}, which is getting Temporal's dev server`);
    await delay(200, undefined, { signal: search.signal });
  }
}

function unavailable(why: string): StackError {
  return new StackError(
    'TEMPORAL_UNAVAILABLE',
    `No Temporal server (${why}): install the \`temporal\` command (https://docs.temporal.io/cli), or Go ≥ 1.24, or set TEMPORAL_ADDRESS to a running one`,
  );
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}
