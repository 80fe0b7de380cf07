import { randomUUID } from 'node:crypto';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { unzipSync } from 'fflate';
import { CliError } from '../errors.js';
import { assertReplaceable, falseIfMissing } from './replaceable.js';

/** More than any campaign: a damaged or hostile archive must not fill the disk. */
const MOST_BYTES = 2 ** 30;
const MOST_FILES = 10_000;

/**
 * Unpacks a zip into `<parent>/<name>`, in place of what is there: into a folder beside it first, so that who looks
 * sees the old files or the new ones, never some of both. What is there must be empty or that campaign's.
 * @returns the folder
 * @throws CliError for an archive that is damaged, too large, or names a file outside its folder, and for a folder that is
 *   something else than the campaign
 */
export async function unpack(zip: Uint8Array, parent: string, name: string): Promise<string> {
  if (!isSafeName(name)) throw new CliError(`${JSON.stringify(name)} is not a name for a folder`);
  const files = readZip(zip);
  await mkdir(parent, { recursive: true });
  // A leading dot keeps them out of what is served, and no campaign's name has one.
  const fresh = join(parent, `.${name}.${randomUUID()}`);
  const target = join(parent, name);
  try {
    for (const [path, data] of files) {
      const file = join(fresh, ...path.split('/'));
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, data);
    }
    await swap(fresh, target, name);
  } finally {
    await rm(fresh, { recursive: true, force: true });
  }
  return target;
}

async function swap(fresh: string, target: string, name: string): Promise<void> {
  const old = `${fresh}.old`;
  for (let attempt = 1; ; attempt++) {
    await assertReplaceable(target, name);
    const moved = await rename(target, old).then(() => true, falseIfMissing);
    try {
      await rename(fresh, target);
      break;
    } catch (error) {
      // Another build of the same campaign was quicker by a moment.
      const taken = ['EEXIST', 'ENOTEMPTY'].includes((error as NodeJS.ErrnoException).code ?? '');
      if (!taken && moved) await rename(old, target);
      if (!taken || attempt === 5) throw error;
      await rm(old, { recursive: true, force: true });
    }
  }
  await rm(old, { recursive: true, force: true });
}

function readZip(zip: Uint8Array): [string, Uint8Array][] {
  let size = 0;
  let count = 0;
  const checked = (file: { name: string; originalSize: number }) => {
    size += file.originalSize;
    count++;
    const path = file.name.endsWith('/') ? file.name.slice(0, -1) : file.name;
    if (!path.split('/').every(isSafeName))
      throw new CliError(`The package is refused: it names ${JSON.stringify(file.name)}, outside its folder`);
    if (size > MOST_BYTES || count > MOST_FILES)
      throw new CliError('The package is refused: it holds more than 1 GiB or 10,000 files');
    return !file.name.endsWith('/');
  };
  try {
    return Object.entries(unzipSync(zip, { filter: checked }));
  } catch (error) {
    if (error instanceof CliError) throw error;
    throw new CliError(`The package cannot be unpacked: ${(error as Error).message}`);
  }
}

/** One part of a path: not empty, `.`, `..`, a drive, or something a file system takes apart. */
export function isSafeName(part: string): boolean {
  return part !== '' && part !== '.' && part !== '..' && !/[/\\:\p{Cc}]/u.test(part);
}
