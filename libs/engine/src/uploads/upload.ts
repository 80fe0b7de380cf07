import type { ArtifactStore, ByteSource, StoredBlob } from '@cairn/artifact-store';
import { newId, repositories, transaction, type Artifact, type DataSource } from '@cairn/dao';
import { CairnError } from '@cairn/dto';
import { refuseWhenFull } from '../tenants/stored-bytes.js';

/** A file that a client brings. */
export interface Upload {
  readonly source: ByteSource;
  /** Artifact type, e.g. `image/logo`. */
  readonly type: string;
  readonly filename?: string;
  /** `sha256:…`: what the client says that the bytes are; they must be all of these. */
  readonly digests: readonly string[];
  /** The most bytes that are taken. */
  readonly maxBytes: number;
}

/** The skill that an upload's record names: none of the catalog's, for a skill's id has no such meaning there. */
export const UPLOAD_SKILL = 'upload';

/** For how long bytes are kept that a row is about to name. Milliseconds. */
const LEASE_MS = 5 * 60_000;

/**
 * Streams a file into the store and records it: bytes first, row last. Whatever goes wrong, nothing is recorded.
 *
 * @throws BlobTooLargeError; CairnError TENANT_STORAGE_FULL, DIGEST_MISMATCH; StoreUnavailableError, also when a collection has taken the
 *   bytes before they were recorded; what the source throws.
 */
export async function storeUpload(
  { dataSource, store }: { readonly dataSource: DataSource; readonly store: ArtifactStore },
  tenantId: string,
  upload: Upload,
): Promise<Artifact> {
  await refuseWhenFull(dataSource, tenantId);
  const { blobs, artifacts } = repositories(dataSource);
  const announce = async (blob: StoredBlob) => {
    refuseOther(blob, upload.digests);
    await blobs.announce(tenantId, blob, { forMs: LEASE_MS });
  };
  const blob = await store.put(tenantId, upload.source, { announce, maxBytes: upload.maxBytes });
  const stamp = (await store.stat(tenantId, blob.digest))?.stamp;
  const id = newId();
  await transaction(dataSource, async tx => {
    if (stamp === undefined || !(await tx.blobs.confirm(tenantId, [{ digest: blob.digest, stamp }])))
      throw new CairnError('STORE_UNAVAILABLE', 'The bytes were collected before they were recorded', {
        retryable: true,
      });
    await tx.artifacts.insertArtifacts([
      {
        id,
        runId: null,
        tenantId,
        stepId: null,
        skillId: UPLOAD_SKILL,
        name: UPLOAD_SKILL,
        type: upload.type,
        uri: store.uri(tenantId, blob.digest),
        contentHash: blob.digest,
        sizeBytes: blob.size,
        filename: upload.filename ?? null,
      },
    ]);
    const data = { artifactId: id, type: upload.type, digest: blob.digest, sizeBytes: blob.size };
    await tx.events.append([{ tenantId, type: 'artifact.uploaded', data }]);
  });
  const recorded = await artifacts.getArtifact(tenantId, id);
  if (!recorded) throw new CairnError('NOT_FOUND', 'The upload was deleted while it was recorded');
  return recorded;
}

function refuseOther(blob: StoredBlob, digests: readonly string[]): void {
  const other = digests.find(digest => digest !== blob.digest);
  if (other !== undefined)
    throw new CairnError('DIGEST_MISMATCH', `The bytes are ${blob.digest}, not ${other} as the request says`);
}

/**
 * Deletes an upload. Its bytes go with a later collection, unless something else names them.
 * @throws CairnError NOT_FOUND; CONFLICT for an artifact that belongs to a run.
 */
export async function deleteUpload(
  dataSource: DataSource,
  tenantId: string,
  artifactId: string,
): Promise<void> {
  await transaction(dataSource, async tx => {
    const artifact = await tx.artifacts.getArtifact(tenantId, artifactId);
    if (!artifact) throw new CairnError('NOT_FOUND', 'There is no such artifact');
    if (artifact.runId !== null)
      throw new CairnError('CONFLICT', `The artifact belongs to run ${artifact.runId}, and goes with it`);
    if (!(await tx.artifacts.deleteUpload(tenantId, artifactId))) return;
    const data = { artifactId, type: artifact.type, digest: artifact.contentHash };
    await tx.events.append([{ tenantId, type: 'artifact.deleted', data }]);
  });
}
