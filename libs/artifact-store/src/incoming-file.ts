import { createHash, randomBytes } from 'node:crypto';
import { mkdir, open, rm, type FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { ByteSource, StoredBlob } from './artifact-store.js';
import { CHUNK, digestHex, writeAt } from './chunks.js';
import { isMissing, onDisk } from './file-errors.js';
import { chunkListPath, incomingFolder, incomingName } from './layout.js';
import { sourceChunks } from './source-chunks.js';
import { thisWriter } from './this-writer.js';

/** How many chunks are hashed and written at once, while the next is read. */
const IN_FLIGHT = 3;

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
      return await open(path, 'wx', 0o600);
    } catch (error) {
      if (!isMissing(error)) throw error;
      await mkdir(dirname(path), { recursive: true });
      return open(path, 'wx', 0o600);
    }
  });
}

export interface Written extends StoredBlob {
  /** The digests of its chunks, in hex; empty when the blob is less than a chunk. */
  readonly chunks: readonly string[];
}

/**
 * Streams a source into a file. The whole is hashed here; the chunks are hashed and written on other threads
 * meanwhile.
 * @throws BlobTooLargeError, StoreUnavailableError, and what the source throws
 */
export async function writeChunks(
  handle: FileHandle,
  source: ByteSource,
  maxBytes?: number,
): Promise<Written> {
  const whole = createHash('sha256');
  const chunks: Promise<string>[] = [];
  const inFlight: Promise<unknown>[] = [];
  let size = 0;
  try {
    for await (const { bytes, release } of sourceChunks(source, maxBytes)) {
      const position = size;
      size += bytes.length;
      const uses: Promise<unknown>[] = [onDisk(() => writeAt(handle, bytes, position))];
      if (size >= CHUNK) {
        const chunk = digestHex(bytes);
        chunks.push(chunk);
        uses.push(chunk);
      }
      const used = Promise.all(uses).then(release);
      // Met below; until then it is nobody's.
      used.catch(() => undefined);
      inFlight.push(used);
      whole.update(bytes);
      if (inFlight.length >= IN_FLIGHT) await inFlight.shift();
    }
    await Promise.all(inFlight);
  } finally {
    // The file is not closed under a write.
    await Promise.allSettled(inFlight);
  }
  return { digest: `sha256:${whole.digest('hex')}`, size, chunks: await Promise.all(chunks) };
}
