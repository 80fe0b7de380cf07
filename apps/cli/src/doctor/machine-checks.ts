import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { bytes } from '../show/format.js';
import type { Check } from './check.js';

/** Below this a campaign may not fit any more, in bytes; and what the servers themselves need to go on. */
const LITTLE = 2e9;
const TOO_LITTLE = 2e8;

/** @param version of Node, e.g. `20.19.0` */
export function checkNode(version: string): Check {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 19))
    return { name: 'node', status: 'ok', found: `Node ${version}` };
  return {
    name: 'node',
    status: 'failed',
    found: `Node ${version} is too old`,
    next: 'Install Node 20.19 or later: https://nodejs.org/en/download',
  };
}

/** How much room there is where the local state lives. */
export async function checkDisk(home: string): Promise<Check> {
  const { bavail, bsize } = await statfsOfNearest(home);
  return judgeDisk(home, bavail * bsize);
}

/** @param free bytes */
export function judgeDisk(home: string, free: number): Check {
  const found = `${bytes(free)} free for ${home}`;
  if (free >= LITTLE) return { name: 'disk', status: 'ok', found };
  const next = '`cairn gc --dry-run` says what the store can give back; docs/operators.md how to keep less';
  return { name: 'disk', status: free < TOO_LITTLE ? 'failed' : 'warning', found, next };
}

/** The folder may not be there yet. */
async function statfsOfNearest(folder: string): Promise<{ bavail: number; bsize: number }> {
  try {
    return await statfs(folder);
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    if (!missing || dirname(folder) === folder) throw error;
    return statfsOfNearest(dirname(folder));
  }
}
