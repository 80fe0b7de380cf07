import { Readable } from 'node:stream';
import type { ByteRange } from './artifact-store.js';
import { CHUNK, digestHex } from './chunks.js';
import { BlobCorruptError } from './errors.js';

/**
 * How many chunks are read and hashed ahead of what is asked for. Each goes to the reader in a buffer of its own, which
 * lives until it is collected; with more, memory grows, and it is no faster.
 */
const AHEAD = 2;

/** An open blob and what its bytes must be. */
export interface ChunkedBlob {
  /** Fills the buffer with what stands at a position. @returns how many bytes there were. */
  read(buffer: Buffer, position: number): Promise<number>;
  /** Called once, when nothing is read any more. */
  close(): Promise<void>;
  readonly digest: string;
  /** Bytes. */
  readonly size: number;
  /** The digests of its chunks, in hex. */
  readonly chunks: readonly string[];
  /**
   * Asked when a chunk is not what its digest says: reads the whole blob against its own digest, and gives the
   * digests of its chunks anew.
   * @throws BlobCorruptError
   */
  recheck(): Promise<readonly string[]>;
}

/**
 * The bytes of a blob, or of a range of it, each held against the digest of its chunk before it is handed on. Closes
 * the blob at its end.
 */
export class VerifiedStream extends Readable {
  private readonly start: number;
  /** The first byte behind the range. */
  private readonly stop: number;
  private readonly ahead: Promise<Buffer>[] = [];
  private next: number;
  private readonly last: number;

  constructor(
    private readonly blob: ChunkedBlob,
    range: ByteRange = { start: 0, end: Infinity },
  ) {
    super({ highWaterMark: CHUNK });
    this.stop = Math.min(range.end + 1, blob.size);
    this.start = Math.min(range.start, this.stop);
    // Of an empty range too, one chunk is looked at.
    this.next = Math.min(Math.floor(this.start / CHUNK), blob.chunks.length - 1);
    this.last = Math.max(this.next, Math.ceil(this.stop / CHUNK) - 1);
  }

  /** Resolves when the first chunk is verified. @throws BlobCorruptError, and closes the blob */
  async begin(): Promise<this> {
    this.fill();
    try {
      await this.ahead[0];
    } catch (error) {
      this.destroy();
      throw error;
    }
    return this;
  }

  override _read(): void {
    this.hand().catch((error: unknown) => this.destroy(error as Error));
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    void Promise.allSettled(this.ahead)
      .then(() => this.blob.close())
      .then(
        () => done(error),
        (failure: Error) => done(error ?? failure),
      );
  }

  private async hand(): Promise<void> {
    const bytes = await this.ahead.shift();
    this.fill();
    this.push(bytes?.length ? bytes : null);
  }

  private fill(): void {
    while (!this.destroyed && this.ahead.length < AHEAD && this.next <= this.last) {
      const chunk = this.load(this.next);
      // Met when its turn has come.
      chunk.catch(() => undefined);
      this.ahead.push(chunk);
      this.next += 1;
    }
  }

  /** What the range has of a chunk. */
  private async load(index: number): Promise<Buffer> {
    const { digest, size, chunks, recheck } = this.blob;
    const position = index * CHUNK;
    const bytes = Buffer.allocUnsafe(Math.min(CHUNK, size - position));
    if ((await this.digestAt(bytes, position)) !== chunks[index]) {
      // Whether it is the blob that is wrong, or what was written down of its chunks.
      const fresh = await recheck();
      if ((await this.digestAt(bytes, position)) !== fresh[index]) throw new BlobCorruptError(digest);
    }
    return bytes.subarray(Math.max(0, this.start - position), Math.max(0, this.stop - position));
  }

  private async digestAt(bytes: Buffer, position: number): Promise<string> {
    const length = await this.blob.read(bytes, position);
    return digestHex(bytes.subarray(0, length));
  }
}
