import { rename, stat } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import type { ByteRange } from './artifact-store.js';
import { openBlob, readWhole, stampOf, type WholeBlob } from './blob-file.js';
import { readChunkList, writeChunkList } from './chunk-list.js';
import { CHUNK, chunkCount, readAt } from './chunks.js';
import { BlobCorruptError, BlobNotFoundError } from './errors.js';
import { ifThere, onDisk } from './file-errors.js';
import { withIncoming } from './incoming-file.js';
import { chunkListPath, hexOf } from './layout.js';
import { Shared } from './shared.js';
import { VerifiedStream } from './verified-stream.js';

/** Reads blobs of a file store, given their paths; never a byte that was not verified. */
export class BlobReader {
  private readonly readings = new Shared<WholeBlob>();

  /** @param root of the store. */
  constructor(private readonly root: string) {}

  /**
   * Reads the whole blob against its digest, with all who ask for the same file, not written to since, meanwhile.
   * @returns the stamp of what was read.
   * @throws BlobNotFoundError, BlobCorruptError
   */
  async verify(path: string, digest: string): Promise<string> {
    return (await this.whole(path, digest, false)).stamp;
  }

  /** The bytes; the first of them are verified. @throws BlobNotFoundError, BlobCorruptError */
  async open(path: string, digest: string, range?: ByteRange): Promise<Readable> {
    const handle = await openBlob(path, digest);
    try {
      const { size } = await onDisk(() => handle.stat());
      const chunks = await this.chunksOf(path, digest, size);
      // The list is for the digest, not for this file: one of another size has been cut or was added to.
      if (chunks.length !== chunkCount(size)) throw new BlobCorruptError(digest);
      const recheck = () => this.recheck(path, digest);
      const read = (buffer: Buffer, position: number) => onDisk(() => readAt(handle, buffer, position));
      const close = () => handle.close();
      return await new VerifiedStream({ read, close, digest, size, chunks, recheck }, range).begin();
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  private async chunksOf(path: string, digest: string, size: number): Promise<readonly string[]> {
    if (size <= CHUNK) return [hexOf(digest)];
    return (await readChunkList(chunkListPath(path), digest, size)) ?? (await this.relist(path, digest));
  }

  /** Makes the list of chunks of a blob that is whole. @throws BlobNotFoundError, BlobCorruptError */
  private async relist(path: string, digest: string): Promise<readonly string[]> {
    const { size, chunks } = await this.whole(path, digest, true);
    if (size > CHUNK) await this.keepList(path, { digest, size, chunks });
    return chunks;
  }

  private async keepList(
    path: string,
    list: { digest: string; size: number; chunks: readonly string[] },
  ): Promise<void> {
    // Who reads does not fail because the store cannot be written to; the next reader makes the list again.
    await withIncoming(this.root, async incoming => {
      await writeChunkList(incoming, list);
      await rename(incoming, chunkListPath(path));
    }).catch(() => undefined);
  }

  /** After a chunk was found wrong: nothing but the blob's own digest is trusted. @throws BlobCorruptError */
  private async recheck(path: string, digest: string): Promise<readonly string[]> {
    return this.relist(path, digest).catch((error: unknown) => {
      throw error instanceof BlobNotFoundError ? new BlobCorruptError(digest) : error;
    });
  }

  private async whole(path: string, digest: string, withChunks: boolean): Promise<WholeBlob> {
    const found = await ifThere(() => stat(path, { bigint: true }));
    if (!found) throw new BlobNotFoundError(digest);
    return this.readings.do(`${path} ${stampOf(found)} ${withChunks}`, () =>
      readWhole(this.root, path, digest, { withChunks }),
    );
  }
}
