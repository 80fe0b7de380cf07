import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { chmod, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { Readable } from 'node:stream';
import type { Digest } from '@cairn/canonical';
import type { ArtifactStore, ByteRange, ByteSource, StoredBlob } from './artifact-store.js';
import { BlobNotFoundError } from './errors.js';
import { blobPath, incomingFolder, tenantFolder } from './layout.js';
import { checkFile, isMissing, READ_CHUNK, WholeFiles } from './whole-files.js';

async function* chunksOf(source: ByteSource): AsyncIterable<Uint8Array> {
  if (source instanceof Uint8Array) yield source;
  else if ('path' in source) yield* createReadStream(source.path, { highWaterMark: READ_CHUNK });
  else yield* source;
}

/** A rename is on disk only when its folder is. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** The artifact store in a folder of this machine. */
class FileStore implements ArtifactStore {
  private readonly whole = new WholeFiles();

  constructor(private readonly root: string) {}

  async put(tenantId: string, source: ByteSource): Promise<StoredBlob> {
    tenantFolder(this.root, tenantId);
    const incoming = join(incomingFolder(this.root), randomUUID());
    const made = await mkdir(dirname(incoming), { recursive: true });
    try {
      const blob = await this.writeIncoming(incoming, source);
      await this.keep(incoming, blobPath(this.root, tenantId, blob.digest), made);
      return blob;
    } finally {
      await rm(incoming, { force: true });
    }
  }

  private async writeIncoming(path: string, source: ByteSource): Promise<StoredBlob> {
    const hash = createHash('sha256');
    let size = 0;
    const handle = await open(path, 'wx', 0o600);
    try {
      for await (const chunk of chunksOf(source)) {
        hash.update(chunk);
        size += chunk.length;
        await handle.writeFile(chunk);
      }
      await handle.sync();
    } finally {
      await handle.close();
    }
    await chmod(path, 0o444);
    return { digest: `sha256:${hash.digest('hex')}`, size };
  }

  /**
   * Moves a complete file to its place. One that is there already is replaced: only these bytes are known to be
   * right.
   * @param made the first folder that this write had to make, if it made the root or what is above it.
   */
  private async keep(incoming: string, target: string, made: string | undefined): Promise<void> {
    const folder = dirname(target);
    await mkdir(folder, { recursive: true });
    await rename(incoming, target);
    // Each folder is an entry of its parent, and may be new, made by another process that has not synced it yet.
    const root = resolve(this.root);
    const top = made !== undefined && made.length <= root.length ? dirname(made) : root;
    for (let at = resolve(folder); at.length >= top.length; at = dirname(at)) {
      await syncFolder(at);
      if (at === dirname(at)) break;
    }
  }

  async stat(tenantId: string, digest: string): Promise<StoredBlob | undefined> {
    try {
      const { size } = await stat(blobPath(this.root, tenantId, digest));
      return { digest: digest as Digest, size };
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  }

  async open(tenantId: string, digest: string, range?: ByteRange): Promise<Readable> {
    const handle = await open(blobPath(this.root, tenantId, digest), 'r').catch((error: unknown) => {
      throw isMissing(error) ? new BlobNotFoundError(digest) : error;
    });
    return handle.createReadStream({ ...range, highWaterMark: READ_CHUNK });
  }

  async verify(tenantId: string, digest: string): Promise<void> {
    await this.whole.ensure(blobPath(this.root, tenantId, digest), digest);
  }

  async localPath(tenantId: string, digest: string): Promise<string> {
    const path = blobPath(this.root, tenantId, digest);
    await checkFile(path, digest);
    return path;
  }

  uri(tenantId: string, digest: string): string {
    return blobPath(this.root, tenantId, digest);
  }

  async *list(tenantId: string): AsyncIterable<StoredBlob> {
    const top = tenantFolder(this.root, tenantId);
    const folders = await readdir(top).catch((error: unknown) => {
      if (isMissing(error)) return [];
      throw error;
    });
    for (const folder of folders)
      for (const file of await readdir(join(top, folder))) {
        const { size } = await stat(join(top, folder, file));
        yield { digest: `sha256:${folder}${file}`, size };
      }
  }
}

/** Opens the store in a folder, which is made when something is stored. */
export function openFileStore(root: string): ArtifactStore {
  return new FileStore(root);
}
