import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { ScaffoldError } from './scaffold-error.js';
import type { Files } from './templates.js';

/**
 * Writes a new folder: whole or not at all, and never over another.
 * @throws ScaffoldError when something of its name came to be there meanwhile.
 */
export async function writeFolder(folder: string, files: Files): Promise<void> {
  await mkdir(dirname(folder), { recursive: true });
  const made = await mkdtemp(join(dirname(folder), `.${basename(folder)}-`));
  try {
    await mkdir(join(made, 'folder'));
    for (const [name, text] of files) await writeFile(join(made, 'folder', name), text);
    // Refused by the file system where there is a file, or a folder with something in it.
    await rename(join(made, 'folder'), folder);
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (!['EEXIST', 'ENOTEMPTY', 'ENOTDIR'].includes(code)) throw error;
    throw new ScaffoldError(`${folder} is there already, and nothing is overwritten`, { cause: error });
  } finally {
    await rm(made, { recursive: true, force: true });
  }
}
