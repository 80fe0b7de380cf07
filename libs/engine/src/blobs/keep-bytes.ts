import type { ByteSource, StoredBlob } from '@cairn/artifact-store';
import { repositories, type BlobOwner } from '@cairn/dao';
import type { Engine } from '../engine.js';
import { refuseWhenFull } from '../tenants/stored-bytes.js';
import { patiently } from '../steps/patiently.js';

/**
 * Stores bytes and says so first: from before they appear until their owner has named them in a row, no collection
 * takes them. A database that is away is waited for: bytes may have taken long to make.
 *
 * @param signal gives up waiting for the database; unless told it is waited for until it is back
 * @throws CairnError TENANT_STORAGE_FULL; what the source or the store throws; the signal's reason
 */
export async function keepBytes(
  engine: Pick<Engine, 'dataSource' | 'store'>,
  tenantId: string,
  owner: BlobOwner,
  source: ByteSource,
  signal: AbortSignal = new AbortController().signal,
): Promise<StoredBlob> {
  const { blobs } = repositories(engine.dataSource);
  await patiently(signal, () => refuseWhenFull(engine.dataSource, tenantId));
  return engine.store.put(tenantId, source, {
    announce: blob => patiently(signal, () => blobs.announce(tenantId, blob, owner)),
  });
}
