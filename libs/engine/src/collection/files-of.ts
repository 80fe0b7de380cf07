import type { ArtifactStore, StoredBlob } from '@cairn/artifact-store';

/** The stored blobs of a tenant, so many at a time. */
export async function* filesOf(
  store: ArtifactStore,
  tenantId: string,
  atOnce: number,
): AsyncGenerator<readonly StoredBlob[]> {
  let batch: StoredBlob[] = [];
  for await (const blob of store.list(tenantId)) {
    batch.push(blob);
    if (batch.length < atOnce) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}
