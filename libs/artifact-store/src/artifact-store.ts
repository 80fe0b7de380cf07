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
 * Each adapter passes the contract test in artifact-store.contract.ts.
 */
export interface ArtifactStore {
  /** Streams the source in, hashing as it goes. Memory does not grow with size. */
  put(tenantId: string, source: ByteSource): Promise<StoredBlob>;
  /** Whether a blob is there, and its size; no bytes are read. */
  stat(tenantId: string, digest: string): Promise<StoredBlob | undefined>;
  /** @throws BlobNotFoundError */
  open(tenantId: string, digest: string, range?: ByteRange): Promise<Readable>;
  /**
   * A local path with the blob's bytes, verified against the digest; read-only.
   * @throws BlobNotFoundError, BlobCorruptError
   */
  localPath(tenantId: string, digest: string): Promise<string>;
  /** Where an operator finds the bytes: the `uri` of an Artifact. */
  uri(tenantId: string, digest: string): string;
  /** Every blob of a tenant, in no order. */
  list(tenantId: string): AsyncIterable<StoredBlob>;
}
