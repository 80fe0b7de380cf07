import { randomBytes } from 'node:crypto';
import { open, stat } from 'node:fs/promises';
import { type ArtifactStore, type ByteRange, type StoredBlob } from '../index.js';

/** Three chunks and a half. */
export const LARGE = 3.5 * 2 ** 20;

export const largeBytes = (): Buffer => randomBytes(LARGE);

/** All that a blob's stream gives; when it breaks, `got` has what came before. */
export async function readBlob(
  store: ArtifactStore,
  tenantId: string,
  digest: string,
  { range, got = [] }: { range?: ByteRange; got?: Uint8Array[] } = {},
): Promise<Buffer> {
  for await (const piece of await store.open(tenantId, digest, range)) got.push(piece as Uint8Array);
  return Buffer.concat(got);
}

/** The bytes in pieces of so many. */
export async function* inPieces(bytes: Uint8Array, length = 700): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += length) yield bytes.subarray(at, at + length);
}

export async function listed(store: ArtifactStore, tenantId: string): Promise<readonly StoredBlob[]> {
  const blobs = [];
  for await (const blob of store.list(tenantId)) blobs.push(blob);
  return blobs;
}

/** The time that `flipBit` leaves behind: of whole seconds, so that it can be set exactly. */
const WRITTEN = new Date('2026-01-01T00:00:00Z');

/** Dates the last write of a file back. */
export async function dateBack(path: string): Promise<void> {
  await changeFile(path, async handle => handle.utimes(WRITTEN, WRITTEN));
}

/** Changes one bit of a file that was dated back; its size, its inode and the time of its last write stay. */
export async function flipBit(path: string, position: number): Promise<void> {
  await changeFile(path, async handle => {
    const byte = Buffer.alloc(1);
    await handle.read(byte, 0, 1, position);
    byte[0]! ^= 1;
    await handle.write(byte, 0, 1, position);
    await handle.utimes(WRITTEN, WRITTEN);
  });
}

/** Changes a file, and comes back when the clock of the file system has seen it. */
async function changeFile(
  path: string,
  change: (handle: Awaited<ReturnType<typeof open>>) => Promise<void>,
): Promise<void> {
  const before = await stat(path, { bigint: true });
  // For who is not root: a blob is read-only.
  const opened = await open(path, 'r');
  await opened.chmod(0o644);
  await opened.close();
  const handle = await open(path, 'r+');
  try {
    await change(handle);
    while ((await handle.stat({ bigint: true })).ctimeNs === before.ctimeNs)
      await handle.utimes(WRITTEN, WRITTEN);
  } finally {
    await handle.close();
  }
}
