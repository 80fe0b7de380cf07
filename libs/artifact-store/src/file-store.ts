import { rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Readable } from 'node:stream';
import type { Digest } from '@cairn/canonical';
import type { ArtifactStore, BlobStat, ByteRange, ByteSource, PutOptions } from './artifact-store.js';
import type { StoredBlob, Swept } from './artifact-store.js';
import { stampOf } from './blob-file.js';
import { blobFolders, tenantNames } from './blob-folders.js';
import { BlobReader } from './blob-reader.js';
import { writeChunkList } from './chunk-list.js';
import { CHUNK, writeAt } from './chunks.js';
import { DurableFolders } from './durable-folders.js';
import { StoreUnavailableError } from './errors.js';
import { ifThere, isMissing, onDisk } from './file-errors.js';
import { hashChunks, type HashedBlob } from './hash-chunks.js';
import { createFile, withIncoming } from './incoming-file.js';
import { blobPath, chunkListPath, tenantFolder } from './layout.js';
import { sweepLeftovers } from './leftovers.js';
import { sourceChunks } from './source-chunks.js';

/** The artifact store in a folder of this machine. */
class FileStore implements ArtifactStore {
  private readonly folders: DurableFolders;
  private readonly reader: BlobReader;

  constructor(private readonly root: string) {
    this.folders = new DurableFolders(root);
    this.reader = new BlobReader(root);
  }

  async put(
    tenantId: string,
    source: ByteSource,
    { announce, maxBytes }: PutOptions = {},
  ): Promise<StoredBlob> {
    tenantFolder(this.root, tenantId);
    return withIncoming(this.root, async incoming => {
      const written = await this.writeIncoming(incoming, source, maxBytes, announce);
      const { digest, size } = written;
      const path = blobPath(this.root, tenantId, digest);
      const blob = { from: incoming, to: path };
      const list = { from: chunkListPath(incoming), to: chunkListPath(path) };
      // The list first: whoever sees the blob sees its list.
      const moved = onDisk(() => this.folders.move(size > CHUNK ? [list, blob] : [blob], dirname(path)));
      await moved.catch((error: unknown) => {
        // Somebody has removed the incomplete file, e.g. a sweep that took this process for dead.
        throw isMissing(error) ? new StoreUnavailableError(error as Error) : error;
      });
      return { digest, size };
    });
  }

  /** Resolves when all is on disk, under names that nobody looks for, and announced. */
  private async writeIncoming(
    path: string,
    source: ByteSource,
    maxBytes: number | undefined,
    announce: PutOptions['announce'],
  ): Promise<HashedBlob> {
    const handle = await createFile(path);
    try {
      const written = await hashChunks(sourceChunks(source, maxBytes), (bytes, position) =>
        onDisk(() => writeAt(handle, bytes, position)),
      );
      const { digest, size } = written;
      const results = await Promise.allSettled([
        onDisk(async () => {
          await handle.chmod(0o444);
          await handle.sync();
        }),
        size > CHUNK && writeChunkList(chunkListPath(path), written),
        announce?.({ digest, size }),
      ]);
      const failed = results.find(result => result.status === 'rejected');
      if (failed) throw failed.reason;
      return written;
    } finally {
      await handle.close();
    }
  }

  async stat(tenantId: string, digest: string): Promise<BlobStat | undefined> {
    const path = blobPath(this.root, tenantId, digest);
    const found = await ifThere(() => stat(path, { bigint: true }));
    return found && { digest: digest as Digest, size: Number(found.size), stamp: stampOf(found) };
  }

  async open(tenantId: string, digest: string, range?: ByteRange): Promise<Readable> {
    return this.reader.open(blobPath(this.root, tenantId, digest), digest, range);
  }

  async verify(tenantId: string, digest: string): Promise<string> {
    return this.reader.verify(blobPath(this.root, tenantId, digest), digest);
  }

  async localPath(tenantId: string, digest: string): Promise<string> {
    const path = blobPath(this.root, tenantId, digest);
    await this.reader.verify(path, digest);
    return path;
  }

  uri(tenantId: string, digest: string): string {
    return blobPath(this.root, tenantId, digest);
  }

  async remove(tenantId: string, digest: string): Promise<number> {
    const path = blobPath(this.root, tenantId, digest);
    return onDisk(async () => {
      const found = await ifThere(() => stat(path));
      const removed = found && (await ifThere(() => rm(path).then(() => true)));
      await rm(chunkListPath(path), { force: true });
      return removed ? found.size : 0;
    });
  }

  async *list(tenantId: string): AsyncIterable<StoredBlob> {
    for await (const { blobs } of blobFolders(this.root, tenantId))
      for (const { digest, path } of blobs) {
        const found = await ifThere(() => stat(path));
        if (found) yield { digest, size: found.size };
      }
  }

  async *tenants(): AsyncIterable<string> {
    for (const tenantId of await tenantNames(this.root))
      for await (const _blob of this.list(tenantId)) {
        yield tenantId;
        break;
      }
  }

  async sweepIncoming(olderThanMs: number, { dryRun = false } = {}): Promise<Swept> {
    return sweepLeftovers(this.root, olderThanMs, dryRun);
  }
}

/** Opens the store in a folder, which is made when something is stored. */
export function openFileStore(root: string): ArtifactStore {
  return new FileStore(root);
}
