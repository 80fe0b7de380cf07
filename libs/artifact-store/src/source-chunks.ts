import { open } from 'node:fs/promises';
import type { ByteSource } from './artifact-store.js';
import { chunkBuffers } from './chunk-buffers.js';
import { CHUNK, readAt } from './chunks.js';
import { BlobTooLargeError } from './errors.js';

/** A copy of a chunk's bytes, and the way to give its buffer back. */
export interface SourceChunk {
  readonly bytes: Uint8Array;
  release(): void;
}

/**
 * A source's bytes in chunks of full size, the last excepted; an empty source may have none.
 * @throws BlobTooLargeError when there are more than `maxBytes`; what the source throws
 */
export async function* sourceChunks(source: ByteSource, maxBytes = Infinity): AsyncGenerator<SourceChunk> {
  if (source instanceof Uint8Array) {
    if (source.length > maxBytes) throw new BlobTooLargeError(maxBytes);
    // Most blobs are documents of a few kilobytes: these need no large buffer.
    if (source.length <= CHUNK) yield { bytes: Uint8Array.from(source), release: () => undefined };
    else yield* regroup([source], maxBytes);
  } else if ('path' in source) yield* fileChunks(source.path, maxBytes);
  else yield* regroup(source, maxBytes);
}

const pooled = (buffer: Buffer, length: number): SourceChunk => ({
  bytes: buffer.subarray(0, length),
  release: () => chunkBuffers.give(buffer),
});

async function* fileChunks(path: string, maxBytes: number): AsyncGenerator<SourceChunk> {
  const handle = await open(path, 'r');
  try {
    for (let position = 0; ; position += CHUNK) {
      const buffer = chunkBuffers.take();
      const length = await readAt(handle, buffer, position);
      if (position + length > maxBytes) throw new BlobTooLargeError(maxBytes);
      yield pooled(buffer, length);
      if (length < CHUNK) return;
    }
  } finally {
    await handle.close();
  }
}

async function* regroup(
  pieces: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
  maxBytes: number,
): AsyncGenerator<SourceChunk> {
  let size = 0;
  let buffer: Buffer | undefined;
  let filled = 0;
  for await (const piece of pieces) {
    size += piece.length;
    if (size > maxBytes) throw new BlobTooLargeError(maxBytes);
    for (let at = 0; at < piece.length;) {
      buffer ??= chunkBuffers.take();
      const part = piece.subarray(at, at + CHUNK - filled);
      buffer.set(part, filled);
      filled += part.length;
      at += part.length;
      if (filled < CHUNK) continue;
      yield pooled(buffer, filled);
      buffer = undefined;
      filled = 0;
    }
  }
  if (buffer) yield pooled(buffer, filled);
}
