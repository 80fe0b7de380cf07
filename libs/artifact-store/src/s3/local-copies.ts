import { stat, utimes } from 'node:fs/promises';
import type { ArtifactStore } from '../artifact-store.js';
import { BlobCorruptError, BlobNotFoundError } from '../errors.js';
import { ifThere, onDisk } from '../file-errors.js';
import { openFileStore } from '../file-store.js';

/** A copy that was asked for within this time stays: whoever did so may still be about to open it. Milliseconds. */
const IN_USE_MS = 3_600_000;

/** Where the copies are, and how much room they may have. */
export interface CopiesPlace {
  readonly folder: string;
  /** Bytes; more than that only while so much is in use. */
  readonly maxBytes: number;
}

interface Copy {
  readonly tenantId: string;
  readonly digest: string;
  readonly size: number;
  /** When it was last asked for, in milliseconds since 1970. */
  readonly usedAt: number;
}

/**
 * Blobs of a store elsewhere as files of this machine, for who needs a path. A folder of their own that several
 * processes may share; it can be removed at any time between two of their uses.
 */
export class LocalCopies {
  private readonly store: ArtifactStore;
  /** Bytes that were added since the last look at all of them. */
  private added = Infinity;

  constructor(private readonly place: CopiesPlace) {
    this.store = openFileStore(place.folder);
  }

  /** A copy that is whole; undefined when there is none. */
  async find(tenantId: string, digest: string): Promise<string | undefined> {
    const path = await this.store.localPath(tenantId, digest).catch((error: unknown) => {
      if (error instanceof BlobNotFoundError || error instanceof BlobCorruptError) return undefined;
      throw error;
    });
    return path !== undefined && (await this.use(path)) ? path : undefined;
  }

  /** Keeps what comes, if it is what the digest says. @returns its path; undefined when it is not. */
  async add(tenantId: string, digest: string, bytes: AsyncIterable<Uint8Array>): Promise<string | undefined> {
    const kept = await this.store.put(tenantId, bytes);
    if (kept.digest !== digest) {
      await this.store.remove(tenantId, kept.digest);
      return undefined;
    }
    const path = this.store.uri(tenantId, digest);
    await this.use(path);
    this.added += kept.size;
    await this.makeRoom();
    return path;
  }

  /** Removes what copying processes that died have left. */
  readonly sweepIncoming: ArtifactStore['sweepIncoming'] = (olderThanMs, options) =>
    this.store.sweepIncoming(olderThanMs, options);

  /** Notes that it is used now. @returns whether it is there. */
  private async use(path: string): Promise<boolean> {
    const now = new Date();
    return (await ifThere(() => utimes(path, now, now).then(() => true))) ?? false;
  }

  /** Removes copies that nobody uses, the longest unused first, when there are too many. */
  private async makeRoom(): Promise<void> {
    // Not with every copy: they are all looked at.
    if (this.added < this.place.maxBytes / 10) return;
    this.added = 0;
    const copies = await this.all();
    let bytes = copies.reduce((sum, { size }) => sum + size, 0);
    for (const { tenantId, digest, size, usedAt } of copies.sort((a, b) => a.usedAt - b.usedAt)) {
      if (bytes <= this.place.maxBytes || Date.now() - usedAt < IN_USE_MS) return;
      await this.store.remove(tenantId, digest);
      bytes -= size;
    }
  }

  private async all(): Promise<Copy[]> {
    const copies: Copy[] = [];
    for await (const tenantId of this.store.tenants())
      for await (const { digest, size } of this.store.list(tenantId)) {
        const found = await ifThere(() => onDisk(() => stat(this.store.uri(tenantId, digest))));
        if (found) copies.push({ tenantId, digest, size, usedAt: found.mtimeMs });
      }
    return copies;
  }
}
