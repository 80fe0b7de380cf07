import { createHash } from 'node:crypto';
import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { sha256, type Digest } from '@cairn/canonical';
import type { ArtifactStore, ByteRange, ByteSource, StoredBlob } from './artifact-store.js';
import { BlobNotFoundError } from './errors.js';
import { blobPath, tenantFolder } from './layout.js';

/** The artifact store in memory, for a skill's own tests: nothing outlives the process. */
class MemoryStore implements ArtifactStore {
  private readonly blobs = new Map<string, Uint8Array>();
  /** For paths that are asked for; made with the first. */
  private folder?: Promise<string>;

  async put(tenantId: string, source: ByteSource): Promise<StoredBlob> {
    tenantFolder('', tenantId);
    const bytes = await bytesOf(source);
    const digest = sha256(bytes);
    this.blobs.set(this.uri(tenantId, digest), bytes);
    return { digest, size: bytes.length };
  }

  async stat(tenantId: string, digest: string): Promise<StoredBlob | undefined> {
    const bytes = this.blobs.get(this.uri(tenantId, digest));
    return bytes && { digest: digest as Digest, size: bytes.length };
  }

  async open(tenantId: string, digest: string, range?: ByteRange): Promise<Readable> {
    const bytes = this.bytes(tenantId, digest);
    return Readable.from([range ? bytes.subarray(range.start, range.end + 1) : bytes]);
  }

  /** Memory does not rot. */
  async verify(tenantId: string, digest: string): Promise<void> {
    this.bytes(tenantId, digest);
  }

  async localPath(tenantId: string, digest: string): Promise<string> {
    const path = join(
      await (this.folder ??= mkdtemp(join(tmpdir(), 'cairn-memory-store-'))),
      createHash('sha256').update(this.uri(tenantId, digest)).digest('hex'),
    );
    await writeFile(path, this.bytes(tenantId, digest));
    return path;
  }

  uri(tenantId: string, digest: string): string {
    return `memory:${blobPath('/', tenantId, digest)}`;
  }

  async *list(tenantId: string): AsyncIterable<StoredBlob> {
    const prefix = `memory:${tenantFolder('/', tenantId)}`;
    for (const [uri, bytes] of this.blobs)
      if (uri.startsWith(prefix)) yield { digest: sha256(bytes), size: bytes.length };
  }

  private bytes(tenantId: string, digest: string): Uint8Array {
    const bytes = this.blobs.get(this.uri(tenantId, digest));
    if (!bytes) throw new BlobNotFoundError(digest);
    return bytes;
  }
}

async function bytesOf(source: ByteSource): Promise<Uint8Array> {
  if (source instanceof Uint8Array) return Uint8Array.from(source);
  if ('path' in source) return readFile(source.path);
  const chunks: Uint8Array[] = [];
  for await (const chunk of source) chunks.push(chunk);
  return Buffer.concat(chunks);
}

export function openMemoryStore(): ArtifactStore {
  return new MemoryStore();
}
