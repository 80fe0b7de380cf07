import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { StackError, reasonOf } from './errors.js';
import { cacheFolder, cachedProgram, onPath, type Search } from './program-cache.js';
import { buildTemporal } from './temporal-build.js';
import { downloadTemporal } from './temporal-download.js';

/** The version of Temporal's command line this is made for: v1.6 and later cannot be built with `go install`. */
export const TEMPORAL_VERSION = 'v1.5.1';

export interface BinarySearch extends Search {
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

  const target = join(cacheFolder(env), `temporal-${TEMPORAL_VERSION}`);
  const naming = { name: 'temporal', title: "Temporal's dev server" };
  return cachedProgram(target, naming, search, () => tryAll(target, search)).catch((error: unknown) => {
    search.signal?.throwIfAborted();
    throw error instanceof StackError ? error : unavailable(`cache folder: ${reasonOf(error)}`);
  });
}

/** @throws StackError with what each way failed with */
async function tryAll(target: string, search: BinarySearch): Promise<void> {
  const failures: string[] = [];
  for (const way of search.ways ?? WAYS) {
    try {
      return await way.get(target, search);
    } catch (error) {
      search.signal?.throwIfAborted();
      failures.push(`${way.name}: ${reasonOf(error)}`);
    }
  }
  throw unavailable(failures.join('; '));
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

function unavailable(why: string): StackError {
  return new StackError(
    'TEMPORAL_UNAVAILABLE',
    `No Temporal server (${why}): install the \`temporal\` command (https://docs.temporal.io/cli), or Go ≥ 1.24, or set TEMPORAL_ADDRESS to a running one`,
  );
}
