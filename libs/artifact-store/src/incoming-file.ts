import { randomBytes } from 'node:crypto';
import { mkdir, open, rm, type FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { isMissing, onDisk } from './file-errors.js';
import { chunkListPath, incomingFolder, incomingName } from './layout.js';
import { thisWriter } from './this-writer.js';

/** What this process is writing now: nobody sweeps it. */
const writing = new Set<string>();

export const isBeingWritten = (path: string): boolean => writing.has(path);

/**
 * Gives a path for something incomplete, with the list of chunks beside it, which is to be moved away; removes what
 * stands there when that fails.
 */
export async function withIncoming<T>(root: string, work: (path: string) => Promise<T>): Promise<T> {
  const path = join(incomingFolder(root), incomingName(thisWriter, randomBytes(16).toString('hex')));
  const paths = [path, chunkListPath(path)];
  for (const each of paths) writing.add(each);
  try {
    return await work(path);
  } catch (error) {
    // A disk in trouble must not hide what went wrong first; what stays is swept.
    for (const each of paths) await rm(each, { force: true }).catch(() => undefined);
    throw error;
  } finally {
    for (const each of paths) writing.delete(each);
  }
}

/** Makes the file, and its folder when it is the first. */
export async function createFile(path: string): Promise<FileHandle> {
  return onDisk(async () => {
    try {
      return await open(path, 'wx+', 0o600);
    } catch (error) {
      if (!isMissing(error)) throw error;
      await mkdir(dirname(path), { recursive: true });
      return open(path, 'wx+', 0o600);
    }
  });
}
