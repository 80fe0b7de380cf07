import type { ArtifactStore } from './artifact-store.js';
import { openFileStore } from './file-store.js';
import type { S3Place } from './s3/s3-store.js';

/** Where an installation keeps its artifacts. */
export type StorePlace =
  { readonly kind: 'folder'; readonly folder: string } | ({ readonly kind: 's3' } & S3Place);

/** Opens the store of a place. Nothing is asked of it yet. */
export async function openStore(place: StorePlace): Promise<ArtifactStore> {
  if (place.kind === 'folder') return openFileStore(place.folder);
  // Only where it is needed: the client of S3 takes as long to load as all the rest.
  const { openS3Store } = await import('./s3/s3-store.js');
  return openS3Store(place);
}
