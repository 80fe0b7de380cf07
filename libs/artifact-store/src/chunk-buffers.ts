import { CHUNK } from './chunks.js';

/** How many idle buffers are kept. */
const KEPT = 8;

/** Buffers of a chunk's size for use over and over: what is written or verified here is handed to nobody. */
class ChunkBuffers {
  private readonly idle: Buffer[] = [];

  /** A buffer with anything in it. */
  take(): Buffer {
    return this.idle.pop() ?? Buffer.allocUnsafeSlow(CHUNK);
  }

  /** Gives one back that was taken, when nobody reads or writes it any more. */
  give(buffer: Buffer): void {
    if (this.idle.length < KEPT) this.idle.push(buffer);
  }
}

export const chunkBuffers = new ChunkBuffers();
