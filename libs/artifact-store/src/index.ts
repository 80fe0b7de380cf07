export type { ArtifactStore, BlobStat, ByteRange, ByteSource } from './artifact-store.js';
export type { PutOptions, StoredBlob, Swept } from './artifact-store.js';
export { BlobCorruptError, BlobNotFoundError, BlobTooLargeError, StoreUnavailableError } from './errors.js';
export { openFileStore } from './file-store.js';
export { openMemoryStore } from './memory-store.js';
export { openStore, type StorePlace } from './open-store.js';
