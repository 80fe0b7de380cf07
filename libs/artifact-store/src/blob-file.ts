import { createHash } from 'node:crypto';
import { open, rename, rm, stat, type FileHandle } from 'node:fs/promises';
import { chunkBuffers } from './chunk-buffers.js';
import { CHUNK, chunkCount, digestHex, readAt } from './chunks.js';
import { BlobCorruptError, BlobNotFoundError } from './errors.js';
import { isMissing, onDisk } from './file-errors.js';
import { withIncoming } from './incoming-file.js';

export interface FileTimes {
  readonly ino: bigint;
  readonly size: bigint;
  readonly mtimeNs: bigint;
  readonly ctimeNs: bigint;
}

/**
 * Changes with every write, also with one that sets the time of the last write back. (Times are as fine as the
 * file system's: two writes within a few milliseconds may share one.)
 */
export const stampOf = ({ ino, size, mtimeNs, ctimeNs }: FileTimes): string =>
  `${ino} ${size} ${mtimeNs} ${ctimeNs}`;

/** @throws BlobNotFoundError */
export async function openBlob(path: string, digest: string): Promise<FileHandle> {
  return onDisk(() => open(path, 'r')).catch((error: unknown) => {
    throw isMissing(error) ? new BlobNotFoundError(digest) : error;
  });
}

/** What a blob's file was found to be. */
export interface WholeBlob {
  /** Of what was read. */
  readonly stamp: string;
  /** Bytes. */
  readonly size: number;
  /** The digests of the chunks, in hex, when they were asked for. */
  readonly chunks: readonly string[];
}

/**
 * Reads a whole blob against its digest. One that is corrupt is taken away: its bytes are worth nothing, and while
 * it stands the store looks as if it had the blob.
 *
 * @param root of the store.
 * @throws BlobNotFoundError, BlobCorruptError
 */
export async function readWhole(
  root: string,
  path: string,
  digest: string,
  { withChunks = false } = {},
): Promise<WholeBlob> {
  const handle = await openBlob(path, digest);
  try {
    // Before reading: what is written meanwhile has another stamp than the one given.
    const found = await handle.stat({ bigint: true });
    const size = Number(found.size);
    const read = await onDisk(() => hashFile(handle, size, withChunks));
    if (read.digest === digest) return { stamp: stampOf(found), size, chunks: read.chunks };
    await takeAway(root, path, found.ino);
    throw new BlobCorruptError(digest);
  } finally {
    await handle.close();
  }
}

/** Hashes so many bytes of a file; the next chunk is read while one is hashed. */
async function hashFile(handle: FileHandle, size: number, withChunks: boolean) {
  const whole = createHash('sha256');
  const chunks: string[] = [];
  const count = chunkCount(size);
  const buffers = count === 1 ? [Buffer.allocUnsafe(size)] : [chunkBuffers.take(), chunkBuffers.take()];
  const read = (index: number) => {
    const position = index * CHUNK;
    const length = readAt(handle, buffers[index % 2]!.subarray(0, size - position), position);
    // Met when its turn has come.
    length.catch(() => undefined);
    return length;
  };
  let next = read(0);
  for (let index = 0; index < count; index += 1) {
    const bytes = buffers[index % 2]!.subarray(0, await next);
    if (index + 1 < count) next = read(index + 1);
    const chunk = withChunks ? digestHex(bytes) : undefined;
    whole.update(bytes);
    if (chunk) chunks.push(await chunk);
  }
  if (count > 1) for (const buffer of buffers) chunkBuffers.give(buffer);
  return { digest: `sha256:${whole.digest('hex')}`, chunks };
}

/**
 * Removes a corrupt file, unless it has been replaced since; also when it is replaced right now. A store that cannot
 * be written to keeps it.
 */
async function takeAway(root: string, path: string, ino: bigint): Promise<void> {
  const isIt = async (each: string) => (await stat(each, { bigint: true })).ino === ino;
  await withIncoming(root, async aside => {
    if (!(await isIt(path))) return;
    await rename(path, aside);
    if (await isIt(aside)) await rm(aside);
    else await rename(aside, path);
  }).catch(() => undefined);
}
