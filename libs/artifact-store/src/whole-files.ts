import { createHash } from 'node:crypto';
import { open, rm, stat } from 'node:fs/promises';
import { BlobCorruptError, BlobNotFoundError } from './errors.js';

export const READ_CHUNK = 1 << 20;
/** How many files are remembered: those that are being looked at, e.g. videos that are sought in. */
const REMEMBERED = 1_000;

export const isMissing = (error: unknown) => (error as NodeJS.ErrnoException).code === 'ENOENT';

interface FileTimes {
  readonly ino: bigint;
  readonly size: bigint;
  readonly mtimeNs: bigint;
  readonly ctimeNs: bigint;
}
/** Changes with every write, also with one that sets the time of the last write back. */
const stampOf = ({ ino, size, mtimeNs, ctimeNs }: FileTimes) => `${ino} ${size} ${mtimeNs} ${ctimeNs}`;

/**
 * Reads a whole file. One that is not what its digest says is removed: its bytes are worth nothing, and while it
 * stands the store looks as if it had the blob.
 *
 * @returns the stamp of what was read.
 * @throws BlobNotFoundError, BlobCorruptError
 */
export async function checkFile(path: string, digest: string): Promise<string> {
  const handle = await open(path, 'r').catch((error: unknown) => {
    throw isMissing(error) ? new BlobNotFoundError(digest) : error;
  });
  try {
    const found = await handle.stat({ bigint: true });
    const hash = createHash('sha256');
    for await (const chunk of handle.createReadStream({ autoClose: false, highWaterMark: READ_CHUNK }))
      hash.update(chunk as Uint8Array);
    if (`sha256:${hash.digest('hex')}` === digest) return stampOf(found);
    await discard(path, found.ino);
    throw new BlobCorruptError(digest);
  } finally {
    await handle.close();
  }
}

/** Removes the file, unless it has been replaced since. A store that cannot be written to keeps it. */
async function discard(path: string, ino: bigint): Promise<void> {
  const now = await stat(path, { bigint: true }).catch(() => undefined);
  if (now?.ino === ino) await rm(path, { force: true }).catch(() => undefined);
}

/** Files that were read and found whole, and have not been written to since. */
export class WholeFiles {
  private readonly stamps = new Map<string, string>();
  private readonly running = new Map<string, Promise<string>>();

  constructor(private readonly check: typeof checkFile = checkFile) {}

  /** Reads the file unless it is known. @throws BlobNotFoundError, BlobCorruptError */
  async ensure(path: string, digest: string): Promise<void> {
    const known = this.stamps.get(path);
    this.stamps.delete(path);
    const now = await stat(path, { bigint: true }).catch(() => undefined);
    const stamp =
      known !== undefined && now && stampOf(now) === known ? known : await this.read(path, digest);
    // The last one used is the last one forgotten.
    this.stamps.delete(path);
    this.stamps.set(path, stamp);
    if (this.stamps.size > REMEMBERED) this.stamps.delete(this.stamps.keys().next().value!);
  }

  /** Many requests for parts of one file wait for one reading. */
  private read(path: string, digest: string): Promise<string> {
    let reading = this.running.get(path);
    if (!reading) {
      reading = this.check(path, digest).finally(() => this.running.delete(path));
      this.running.set(path, reading);
    }
    return reading;
  }
}
