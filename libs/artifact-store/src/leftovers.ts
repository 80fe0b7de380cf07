import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Swept } from './artifact-store.js';
import { blobFolders, namesIn, tenantNames } from './blob-folders.js';
import { ifThere, onDisk } from './file-errors.js';
import { isBeingWritten } from './incoming-file.js';
import { incomingFolder, writerOf } from './layout.js';
import { isDead } from './this-writer.js';

interface Leftover {
  readonly path: string;
  /** Bytes. */
  readonly size: number;
}

/**
 * Removes what writers have left that were killed: incomplete files, and lists of chunks whose blob never came, or
 * was removed when the process ended.
 * @param olderThan how long nobody has touched it, where the writer is not known to be dead. Milliseconds.
 */
export async function sweepLeftovers(root: string, olderThan: number, dryRun = false): Promise<Swept> {
  let files = 0;
  let bytes = 0;
  for (const find of [incompleteFiles, strayChunkLists])
    for await (const { path, size } of find(root, olderThan)) {
      if (!dryRun) await onDisk(() => rm(path, { force: true }));
      files += 1;
      bytes += size;
    }
  return { files, bytes };
}

async function* incompleteFiles(root: string, olderThan: number): AsyncIterable<Leftover> {
  const folder = incomingFolder(root);
  for (const name of await namesIn(folder)) {
    const path = join(folder, name);
    const found = await ifThere(() => stat(path));
    if (!found?.isFile() || isBeingWritten(path)) continue;
    const quiet = Date.now() - found.mtimeMs;
    const writer = writerOf(name);
    if (quiet >= olderThan || (writer && isDead(writer, quiet))) yield { path, size: found.size };
  }
}

async function* strayChunkLists(root: string, olderThan: number): AsyncIterable<Leftover> {
  for (const tenantId of await tenantNames(root))
    for await (const { blobs, chunkLists } of blobFolders(root, tenantId)) {
      const there = new Set(blobs.map(({ digest }) => digest));
      for (const { path } of chunkLists.filter(({ digest }) => !there.has(digest))) {
        const found = await ifThere(() => stat(path));
        // A rename changes the ctime alone. The list of a blob that comes right now would only be made again.
        if (found && Date.now() - found.ctimeMs >= olderThan) yield { path, size: found.size };
      }
    }
}
