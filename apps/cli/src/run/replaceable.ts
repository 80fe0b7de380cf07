import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { CliError } from '../errors.js';

/**
 * Lets a folder be replaced that is empty, absent, or holds the campaign `name`: a campaign may be called like a
 * folder of somebody's work.
 * @throws CliError that names the folder
 */
export async function assertReplaceable(folder: string, name: string): Promise<void> {
  for (let look = 1; look <= 5; look++) {
    const files = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return [];
      if (error.code === 'ENOTDIR') return ['a file'];
      throw error;
    });
    if (files.length === 0) return;
    if (!files.includes('manifest.json')) break;
    const manifest = await readFile(join(folder, 'manifest.json'), 'utf8').catch(falseIfMissing);
    // Gone since: another build is putting a new folder here.
    if (manifest === false) continue;
    if (isManifestOf(manifest, name)) return;
    break;
  }
  throw new CliError(`${folder} is not the campaign ${name}; it is left as it is: give another --out`);
}

function isManifestOf(text: string, name: string): boolean {
  try {
    const manifest = JSON.parse(text) as { manifest_version?: unknown; campaign_id?: unknown } | null;
    return typeof manifest?.manifest_version === 'string' && manifest.campaign_id === name;
  } catch {
    return false;
  }
}

/** For `catch`: false when there is no such file. */
export function falseIfMissing(error: NodeJS.ErrnoException): false {
  if (error.code !== 'ENOENT') throw error;
  return false;
}
