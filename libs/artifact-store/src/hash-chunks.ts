import { createHash } from 'node:crypto';
import type { StoredBlob } from './artifact-store.js';
import { CHUNK, digestHex } from './chunks.js';
import type { SourceChunk } from './source-chunks.js';

/** How many chunks are hashed and written at once, while the next is read. */
const IN_FLIGHT = 3;

export interface HashedBlob extends StoredBlob {
  /** The digests of its chunks, in hex; empty when the blob is less than a chunk. */
  readonly chunks: readonly string[];
}

/**
 * Hashes what comes, and has it written meanwhile: the whole is hashed here, the chunks on other threads.
 * @param write puts bytes at a position; several at once.
 * @throws what the source or `write` throws, when nothing is being written any more
 */
export async function hashChunks(
  source: AsyncIterable<SourceChunk>,
  write: (bytes: Uint8Array, position: number) => Promise<unknown> = async () => undefined,
): Promise<HashedBlob> {
  const whole = createHash('sha256');
  const chunks: Promise<string>[] = [];
  const inFlight: Promise<unknown>[] = [];
  let size = 0;
  try {
    for await (const { bytes, release } of source) {
      const position = size;
      size += bytes.length;
      const uses: Promise<unknown>[] = [write(bytes, position)];
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
    // Nothing is closed under a write.
    await Promise.allSettled(inFlight);
  }
  return { digest: `sha256:${whole.digest('hex')}`, size, chunks: await Promise.all(chunks) };
}
