export type { ArtifactStore, ByteRange, ByteSource, StoredBlob } from './artifact-store.js';
export { BlobCorruptError, BlobNotFoundError } from './errors.js';
export { openFileStore } from './file-store.js';
export { openMemoryStore } from './memory-store.js';
