import type { ByteSource, StoredBlob } from '@cairn/artifact-store';
import { repositories, type BlobOwner } from '@cairn/dao';
import type { Engine } from '../engine.js';

/**
 * Stores bytes and says so first: from before they appear until their owner has named them in a row, no collection
 * takes them.
 */
export async function keepBytes(
  engine: Pick<Engine, 'dataSource' | 'store'>,
  tenantId: string,
  owner: BlobOwner,
  source: ByteSource,
): Promise<StoredBlob> {
  const { blobs } = repositories(engine.dataSource);
  return engine.store.put(tenantId, source, { announce: blob => blobs.announce(tenantId, blob, owner) });
}
