import { rm } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { sha256, type Digest } from '@cairn/canonical';
import type { ArtifactStore, BlobStat, ByteRange, ByteSource, PutOptions } from '../artifact-store.js';
import type { StoredBlob, Swept } from '../artifact-store.js';
import { CHUNK, readAt, writeAt } from '../chunks.js';
import { BlobNotFoundError, BlobTooLargeError } from '../errors.js';
import { onDisk } from '../file-errors.js';
import { hashChunks } from '../hash-chunks.js';
import { createFile, withIncoming } from '../incoming-file.js';
import { blobPath, chunkListPath, isTenant, keyKind, tenantFolder, tenantsFolder } from '../layout.js';
import { sourceChunks } from '../source-chunks.js';
import { Bucket, completely, type ListedObject } from './bucket.js';
import { leftoverUploads } from './leftover-uploads.js';
import { LocalCopies, type CopiesPlace } from './local-copies.js';
import { ObjectReader, uploadList } from './object-reader.js';
import { s3Client, type BucketPlace } from './s3-client.js';
import { upload, type Upload } from './upload.js';

export interface S3Place extends BucketPlace {
  /** A folder of this machine for what is on its way to S3, and for copies of what needs a path. */
  readonly copies: CopiesPlace;
}

/** The artifact store in a bucket: the keys are the paths of the file store, below the prefix. */
class S3Store implements ArtifactStore {
  private readonly bucket: Bucket;
  private readonly reader: ObjectReader;
  private readonly copies: LocalCopies;

  constructor(private readonly place: S3Place) {
    this.bucket = new Bucket(s3Client(place), place.bucket);
    this.reader = new ObjectReader(this.bucket);
    this.copies = new LocalCopies(place.copies);
  }

  async put(
    tenantId: string,
    source: ByteSource,
    { announce, maxBytes }: PutOptions = {},
  ): Promise<StoredBlob> {
    tenantFolder('', tenantId);
    const send = async (blob: StoredBlob, chunks: readonly string[], content: Upload) => {
      await announce?.(blob);
      const key = this.key(tenantId, blob.digest);
      // The list first: whoever sees the blob sees its list.
      if (blob.size > CHUNK) await uploadList(this.bucket, key, { ...blob, chunks });
      await upload(this.bucket, key, content);
      return blob;
    };
    if (source instanceof Uint8Array && source.length <= CHUNK) {
      if (maxBytes !== undefined && source.length > maxBytes) throw new BlobTooLargeError(maxBytes);
      // A copy: the source may change meanwhile.
      const bytes = Buffer.from(source);
      const read = async (buffer: Buffer, position: number) => bytes.copy(buffer, 0, position);
      return send({ digest: sha256(bytes), size: bytes.length }, [], { size: bytes.length, read });
    }
    // The key is known when all has come: until then it lies here, and from here it can be sent again.
    return withIncoming(this.place.copies.folder, async path => {
      const file = await createFile(path);
      try {
        const write = (bytes: Uint8Array, position: number) => onDisk(() => writeAt(file, bytes, position));
        const { digest, size, chunks } = await hashChunks(sourceChunks(source, maxBytes), write);
        const read = (buffer: Buffer, position: number) => onDisk(() => readAt(file, buffer, position));
        return await send({ digest, size }, chunks, { size, read });
      } finally {
        await file.close();
        await rm(path, { force: true });
      }
    });
  }

  async stat(tenantId: string, digest: string): Promise<BlobStat | undefined> {
    const found = await this.bucket.stat(this.key(tenantId, digest));
    return found && { digest: digest as Digest, size: found.size, stamp: found.stamp };
  }

  async open(tenantId: string, digest: string, range?: ByteRange): Promise<Readable> {
    return this.reader.open(this.key(tenantId, digest), digest, range);
  }

  async verify(tenantId: string, digest: string): Promise<string> {
    return this.reader.verify(this.key(tenantId, digest), digest);
  }

  async localPath(tenantId: string, digest: string): Promise<string> {
    const key = this.key(tenantId, digest);
    await this.reader.mustStat(key, digest);
    const copy = await this.copies.find(tenantId, digest);
    if (copy !== undefined) return copy;
    const added = await completely(async () => {
      const found = await this.bucket.open(key);
      if (!found) throw new BlobNotFoundError(digest);
      return this.copies.add(tenantId, digest, found.body);
    });
    if (added !== undefined) return added;
    // Finds it corrupt and takes it away, or somebody has put it right meanwhile.
    await this.reader.verify(key, digest);
    return this.localPath(tenantId, digest);
  }

  uri(tenantId: string, digest: string): string {
    return `s3://${this.place.bucket}/${this.key(tenantId, digest)}`;
  }

  async remove(tenantId: string, digest: string): Promise<number> {
    const key = this.key(tenantId, digest);
    const found = await this.bucket.stat(key);
    await this.bucket.remove(key);
    if (!found || found.size > CHUNK) await this.bucket.remove(chunkListPath(key));
    return found?.size ?? 0;
  }

  async *list(tenantId: string): AsyncIterable<StoredBlob> {
    for await (const { size, digest, kind } of this.objects(tenantId))
      if (kind === 'blob') yield { digest, size };
  }

  async *tenants(): AsyncIterable<string> {
    for await (const name of this.bucket.foldersIn(`${tenantsFolder(this.place.prefix)}/`))
      if (isTenant(name))
        for await (const _blob of this.list(name)) {
          yield name;
          break;
        }
  }

  async sweepIncoming(olderThanMs: number, { dryRun = false } = {}): Promise<Swept> {
    let { files, bytes } = await this.copies.sweepIncoming(olderThanMs, { dryRun });
    const take = async (size: number, remove: () => Promise<void>) => {
      if (!dryRun) await remove();
      files += 1;
      bytes += size;
    };
    const all = `${tenantsFolder(this.place.prefix)}/`;
    for await (const { size, remove } of leftoverUploads(this.bucket, all, olderThanMs))
      await take(size, remove);
    for await (const tenantId of this.bucket.foldersIn(all))
      if (isTenant(tenantId))
        for await (const { key, size } of this.strayLists(tenantId, olderThanMs))
          await take(size, () => this.bucket.remove(key));
    return { files, bytes };
  }

  /** Lists of chunks whose blob never came, or was removed when the process ended. */
  private async *strayLists(tenantId: string, olderThanMs: number): AsyncGenerator<ListedObject> {
    let blob = '';
    for await (const object of this.objects(tenantId)) {
      // Where keys come in order, a list comes behind its blob.
      if (object.kind === 'blob') blob = object.key;
      else if (Date.now() - object.at >= olderThanMs && object.key !== chunkListPath(blob))
        if (!(await this.bucket.stat(this.key(tenantId, object.digest)))) yield object;
    }
  }

  private async *objects(
    tenantId: string,
  ): AsyncGenerator<ListedObject & NonNullable<ReturnType<typeof keyKind>>> {
    const folder = `${tenantFolder(this.place.prefix, tenantId)}/`;
    for await (const object of this.bucket.list(folder)) {
      const what = keyKind(object.key.slice(folder.length));
      if (what) yield { ...object, ...what };
    }
  }

  private key(tenantId: string, digest: string): string {
    return blobPath(this.place.prefix, tenantId, digest);
  }
}

/** Opens the store below a prefix of a bucket, which must be there. */
export function openS3Store(place: S3Place): ArtifactStore {
  return new S3Store(place);
}
