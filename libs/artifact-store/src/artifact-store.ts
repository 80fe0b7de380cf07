import type { Readable } from 'node:stream';
import type { Digest } from '@cairn/canonical';

/** Bytes to store: in memory, in a local file, or as a stream. */
export type ByteSource = Uint8Array | { readonly path: string } | AsyncIterable<Uint8Array>;

export interface StoredBlob {
  readonly digest: Digest;
  /** Bytes. */
  readonly size: number;
}

/** A range of bytes, both ends included, as HTTP counts them. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/**
 * Content-addressed bytes, per tenant: the same bytes are stored once, and a blob is there whole or not at all.
 * Each adapter passes the contract test in artifact-store.test.ts.
 */
export interface ArtifactStore {
  /** Streams the source in, hashing as it goes. Memory does not grow with size. */
  put(tenantId: string, source: ByteSource): Promise<StoredBlob>;
  /** Whether a blob is there, and its size; no bytes are read. */
  stat(tenantId: string, digest: string): Promise<StoredBlob | undefined>;
  /** @throws BlobNotFoundError */
  open(tenantId: string, digest: string, range?: ByteRange): Promise<Readable>;
  /**
   * Resolves when the blob's bytes are those of the digest. They are read once, and again only after a change. A
   * blob that is corrupt is dropped, so that the next look-up misses it and it can be put again.
   * @throws BlobNotFoundError, BlobCorruptError
   */
  verify(tenantId: string, digest: string): Promise<void>;
  /**
   * A local path with the blob's bytes, read and verified against the digest each time; read-only. A blob that is
   * corrupt is dropped, as by `verify`.
   * @throws BlobNotFoundError, BlobCorruptError
   */
  localPath(tenantId: string, digest: string): Promise<string>;
  /** Where an operator finds the bytes: the `uri` of an Artifact. */
  uri(tenantId: string, digest: string): string;
  /** Every blob of a tenant, in no order. */
  list(tenantId: string): AsyncIterable<StoredBlob>;
}
