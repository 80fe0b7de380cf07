import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { sha256, type Digest } from '@cairn/canonical';
import type { ArtifactStore, BlobStat, ByteRange, ByteSource, PutOptions } from './artifact-store.js';
import type { StoredBlob, Swept } from './artifact-store.js';
import { BlobNotFoundError } from './errors.js';
import { blobPath, hexOf, tenantFolder } from './layout.js';
import { sourceChunks } from './source-chunks.js';

interface MemoryBlob {
  readonly bytes: Uint8Array;
  readonly stamp: string;
}

/** The artifact store in memory, for a skill's own tests: nothing outlives the process, and nothing rots. */
class MemoryStore implements ArtifactStore {
  private readonly blobs = new Map<string, Map<string, MemoryBlob>>();
  /** How many were put. */
  private puts = 0;
  /** For paths that are asked for; made with the first. */
  private folder?: Promise<string>;

  async put(
    tenantId: string,
    source: ByteSource,
    { announce, maxBytes }: PutOptions = {},
  ): Promise<StoredBlob> {
    tenantFolder('', tenantId);
    const bytes = await bytesOf(source, maxBytes);
    const blob = { digest: sha256(bytes), size: bytes.length };
    await announce?.(blob);
    let blobs = this.blobs.get(tenantId);
    if (!blobs) this.blobs.set(tenantId, (blobs = new Map<string, MemoryBlob>()));
    this.puts += 1;
    blobs.set(blob.digest, { bytes, stamp: String(this.puts) });
    return blob;
  }

  async stat(tenantId: string, digest: string): Promise<BlobStat | undefined> {
    const blob = this.find(tenantId, digest);
    return blob && { digest: digest as Digest, size: blob.bytes.length, stamp: blob.stamp };
  }

  async open(tenantId: string, digest: string, range?: ByteRange): Promise<Readable> {
    const { bytes } = this.get(tenantId, digest);
    return Readable.from([Buffer.from(range ? bytes.subarray(range.start, range.end + 1) : bytes)], {
      objectMode: false,
    });
  }

  async verify(tenantId: string, digest: string): Promise<string> {
    return this.get(tenantId, digest).stamp;
  }

  async localPath(tenantId: string, digest: string): Promise<string> {
    const { bytes } = this.get(tenantId, digest);
    this.folder ??= mkdtemp(join(tmpdir(), 'cairn-memory-store-'));
    const path = join(await this.folder, `${tenantId}-${hexOf(digest)}`);
    await writeFile(path, bytes);
    return path;
  }

  uri(tenantId: string, digest: string): string {
    return `memory:${blobPath('/', tenantId, digest)}`;
  }

  async remove(tenantId: string, digest: string): Promise<number> {
    const blob = this.find(tenantId, digest);
    this.blobs.get(tenantId)?.delete(digest);
    return blob?.bytes.length ?? 0;
  }

  async *list(tenantId: string): AsyncIterable<StoredBlob> {
    tenantFolder('', tenantId);
    for (const [digest, { bytes }] of [...(this.blobs.get(tenantId) ?? [])])
      yield { digest: digest as Digest, size: bytes.length };
  }

  async *tenants(): AsyncIterable<string> {
    for (const [tenantId, blobs] of [...this.blobs]) if (blobs.size > 0) yield tenantId;
  }

  /** What is being written dies with its writer. */
  async sweepIncoming(): Promise<Swept> {
    return { files: 0, bytes: 0 };
  }

  private find(tenantId: string, digest: string): MemoryBlob | undefined {
    blobPath('', tenantId, digest);
    return this.blobs.get(tenantId)?.get(digest);
  }

  private get(tenantId: string, digest: string): MemoryBlob {
    const blob = this.find(tenantId, digest);
    if (!blob) throw new BlobNotFoundError(digest);
    return blob;
  }
}

async function bytesOf(source: ByteSource, maxBytes: number | undefined): Promise<Uint8Array> {
  const copies: Uint8Array[] = [];
  for await (const { bytes, release } of sourceChunks(source, maxBytes)) {
    copies.push(Uint8Array.from(bytes));
    release();
  }
  return Buffer.concat(copies);
}

export function openMemoryStore(): ArtifactStore {
  return new MemoryStore();
}
