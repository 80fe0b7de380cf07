import { createHash, webcrypto } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';

/** Bytes of a chunk: what is verified at once. The last chunk of a blob may be shorter. */
export const CHUNK = 1 << 20;
/** Up to this many bytes the way to another thread and back takes longer than the digest. */
const SMALL = 1 << 16;

/** How many chunks a blob has; an empty one has one, which is empty. */
export const chunkCount = (size: number): number => Math.max(1, Math.ceil(size / CHUNK));

/** The SHA-256 in hex; of what is not small on another thread. */
export async function digestHex(bytes: Uint8Array): Promise<string> {
  if (bytes.length <= SMALL) return createHash('sha256').update(bytes).digest('hex');
  return Buffer.from(await webcrypto.subtle.digest('SHA-256', bytes)).toString('hex');
}

/** Fills the buffer with what stands at a position. @returns how many bytes there were. */
export async function readAt(handle: FileHandle, buffer: Buffer, position: number): Promise<number> {
  let length = 0;
  while (length < buffer.length) {
    const { bytesRead } = await handle.read(buffer, length, buffer.length - length, position + length);
    if (bytesRead === 0) break;
    length += bytesRead;
  }
  return length;
}

/** Writes all of the bytes at a position. */
export async function writeAt(handle: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  let length = 0;
  while (length < bytes.length) {
    const { bytesWritten } = await handle.write(bytes, length, bytes.length - length, position + length);
    length += bytesWritten;
  }
}
