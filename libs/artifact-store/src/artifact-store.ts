import type { Readable } from 'node:stream';
import type { Digest } from '@cairn/canonical';

/** Bytes to store: in memory, in a local file, or as a stream. */
export type ByteSource = Uint8Array | { readonly path: string } | AsyncIterable<Uint8Array>;

export interface StoredBlob {
  readonly digest: Digest;
  /** Bytes. */
  readonly size: number;
}

export interface BlobStat extends StoredBlob {
  /** Opaque: equal while nobody has written to the blob, another after every write. */
  readonly stamp: string;
}

/** A range of bytes, both ends included, as HTTP counts them. What lies behind the end of the blob is left out. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

export interface PutOptions {
  /**
   * Called once the digest is known. The blob appears only after it has resolved, so that whoever collects blobs
   * can be told of this one first; when it rejects, nothing is kept.
   */
  readonly announce?: (blob: StoredBlob) => Promise<void>;
  /** The most bytes that are taken. */
  readonly maxBytes?: number;
}

/** What was removed, or would be. */
export interface Swept {
  readonly files: number;
  readonly bytes: number;
}

/**
 * Content-addressed bytes, per tenant: the same bytes are stored once, and a blob is there whole or not at all. No
 * byte leaves the store before it was held against the digest, or against the digest of the chunk that it is in.
 *
 * Each adapter passes the contract test in artifact-store.test.ts. Whatever is asked for, a tenant's id that is none
 * is a CairnError VALIDATION_ERROR, a digest that is none INVALID_HASH, and a store that cannot be used now a
 * StoreUnavailableError.
 */
export interface ArtifactStore {
  /**
   * Streams the source in, hashing as it goes. Memory does not grow with size. Bytes that are there already are
   * written again: a blob that has rotted unnoticed is whole afterwards.
   * @throws BlobTooLargeError as soon as there is more than `maxBytes`; what the source or `announce` throws
   */
  put(tenantId: string, source: ByteSource, options?: PutOptions): Promise<StoredBlob>;
  /** Whether a blob is there; no bytes are read. */
  stat(tenantId: string, digest: string): Promise<BlobStat | undefined>;
  /**
   * The bytes, verified chunk by chunk: the first chunk before this resolves, each other before it is handed on.
   * Where one is wrong the stream fails with BlobCorruptError, and the blob is dropped as by `verify`.
   * @throws BlobNotFoundError, BlobCorruptError
   */
  open(tenantId: string, digest: string, range?: ByteRange): Promise<Readable>;
  /**
   * Reads the whole blob and resolves when its bytes are those of the digest. One that is corrupt is dropped, so
   * that the next look-up misses it and it can be put again.
   * @returns the stamp of what was read.
   * @throws BlobNotFoundError, BlobCorruptError
   */
  verify(tenantId: string, digest: string): Promise<string>;
  /**
   * A local path with the blob's bytes, read and verified as by `verify` each time; read-only.
   * @throws BlobNotFoundError, BlobCorruptError
   */
  localPath(tenantId: string, digest: string): Promise<string>;
  /** Where an operator finds the bytes: the `uri` of an Artifact. */
  uri(tenantId: string, digest: string): string;
  /** Removes a blob, if it is there. @returns the blob's bytes, 0 when there was none. */
  remove(tenantId: string, digest: string): Promise<number>;
  /** Every blob of a tenant, in no order. */
  list(tenantId: string): AsyncIterable<StoredBlob>;
  /** Every tenant that has a blob, in no order. */
  tenants(): AsyncIterable<string>;
  /**
   * Removes what writers that were killed have left: where the writer is known to be dead, and what nobody has
   * written to for `olderThanMs`. What this process is writing stays. A dry run only counts.
   */
  sweepIncoming(olderThanMs: number, options?: { readonly dryRun?: boolean }): Promise<Swept>;
}
