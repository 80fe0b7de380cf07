import type { Readable } from 'node:stream';
import type { ByteRange } from '../artifact-store.js';
import { formatChunkList, parseChunkList } from '../chunk-list.js';
import { CHUNK, chunkCount } from '../chunks.js';
import { BlobCorruptError, BlobNotFoundError } from '../errors.js';
import { hashChunks } from '../hash-chunks.js';
import { chunkListPath, hexOf } from '../layout.js';
import { Shared } from '../shared.js';
import { sourceChunks } from '../source-chunks.js';
import { VerifiedStream } from '../verified-stream.js';
import { completely, type Bucket, type ObjectStat } from './bucket.js';
import { upload } from './upload.js';

/** An object that was read and is what its digest says. */
interface WholeObject {
  readonly stat: ObjectStat;
  /** The digests of its chunks, in hex. */
  readonly chunks: readonly string[];
}

/** Reads blobs of a bucket, given their keys; never a byte that was not verified. */
export class ObjectReader {
  private readonly readings = new Shared<WholeObject>();

  constructor(private readonly bucket: Bucket) {}

  /**
   * Reads the whole blob against its digest, with all who ask for the same object, not written to since, meanwhile.
   * @returns the stamp of what was read.
   * @throws BlobNotFoundError, BlobCorruptError
   */
  async verify(key: string, digest: string): Promise<string> {
    return (await this.whole(key, digest)).stat.stamp;
  }

  /** The bytes; the first of them are verified. @throws BlobNotFoundError, BlobCorruptError */
  async open(key: string, digest: string, range?: ByteRange): Promise<Readable> {
    const { size } = await this.mustStat(key, digest);
    const chunks = await this.chunksOf(key, digest, size);
    // The list is for the digest, not for this object: one of another size is another.
    if (chunks.length !== chunkCount(size)) throw new BlobCorruptError(digest);
    const read = async (buffer: Buffer, position: number) => {
      const length = await this.bucket.read(key, buffer, position);
      if (length === undefined) throw new BlobNotFoundError(digest);
      return length;
    };
    const recheck = () => this.recheck(key, digest);
    const close = () => Promise.resolve();
    return new VerifiedStream({ read, close, digest, size, chunks, recheck }, range).begin();
  }

  async mustStat(key: string, digest: string): Promise<ObjectStat> {
    const found = await this.bucket.stat(key);
    if (!found) throw new BlobNotFoundError(digest);
    return found;
  }

  private async chunksOf(key: string, digest: string, size: number): Promise<readonly string[]> {
    if (size <= CHUNK) return [hexOf(digest)];
    return (await this.readList(key, digest, size)) ?? (await this.relist(key, digest));
  }

  /** The list beside a blob of this size; undefined when there is none, or none that can be trusted. */
  private async readList(key: string, digest: string, size: number): Promise<readonly string[] | undefined> {
    // No longer than what a right one has, and a byte to tell: whatever stands there may have any size.
    const right = formatChunkList({
      digest,
      size,
      chunks: Array<string>(chunkCount(size)).fill(hexOf(digest)),
    });
    const buffer = Buffer.allocUnsafe(right.length + 1);
    const length = (await this.bucket.read(chunkListPath(key), buffer, 0)) ?? 0;
    return parseChunkList(buffer.toString('latin1', 0, length), digest, size);
  }

  /** Makes the list of chunks of a blob that is whole. @throws BlobNotFoundError, BlobCorruptError */
  private async relist(key: string, digest: string): Promise<readonly string[]> {
    const { stat, chunks } = await this.whole(key, digest);
    // Who reads does not fail because the store cannot be written to; the next reader makes the list again.
    if (stat.size > CHUNK)
      await uploadList(this.bucket, key, { digest, size: stat.size, chunks }).catch(() => undefined);
    return chunks;
  }

  /** After a chunk was found wrong: nothing but the blob's own digest is trusted. @throws BlobCorruptError */
  private async recheck(key: string, digest: string): Promise<readonly string[]> {
    return this.relist(key, digest).catch((error: unknown) => {
      throw error instanceof BlobNotFoundError ? new BlobCorruptError(digest) : error;
    });
  }

  private async whole(key: string, digest: string): Promise<WholeObject> {
    const { stamp } = await this.mustStat(key, digest);
    return this.readings.do(`${key} ${stamp}`, () => completely(() => this.readWhole(key, digest)));
  }

  /** One that is corrupt is taken away; one that was replaced since is read again. */
  private async readWhole(key: string, digest: string): Promise<WholeObject> {
    for (;;) {
      const found = await this.bucket.open(key);
      if (!found) throw new BlobNotFoundError(digest);
      const read = await hashChunks(sourceChunks(found.body));
      if (read.digest === digest)
        return { stat: found.stat, chunks: read.chunks.length > 0 ? read.chunks : [hexOf(digest)] };
      const now = await this.bucket.stat(key);
      if (now && now.stamp !== found.stat.stamp) continue;
      // A store that cannot be written to keeps it.
      if (now) await this.bucket.remove(key, found.stat).catch(() => undefined);
      throw new BlobCorruptError(digest);
    }
  }
}

/** Puts the list of a blob's chunks beside the place of the blob. */
export async function uploadList(
  bucket: Bucket,
  key: string,
  list: { readonly digest: string; readonly size: number; readonly chunks: readonly string[] },
): Promise<void> {
  const text = Buffer.from(formatChunkList(list), 'latin1');
  await upload(bucket, chunkListPath(key), {
    size: text.length,
    read: async (buffer, position) => text.copy(buffer, 0, position),
  });
}
