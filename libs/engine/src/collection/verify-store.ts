import { BlobCorruptError, BlobNotFoundError } from '@cairn/artifact-store';
import { repositories, transaction, type BlobNames, type ListedBlob } from '@cairn/dao';
import type { BlobProblem } from '../blobs/check-blobs.js';
import type { StoreParts } from './tenant-work.js';

/** Bytes that are not there, or are others than the digest says. */
export interface DamagedBlob {
  readonly digest: string;
  readonly problem: BlobProblem;
  /** The newest artifacts that name it, 100 at most, and the runs that they belong to. */
  readonly artifactIds: readonly string[];
  readonly runIds: readonly string[];
  /** How many artifacts name it. */
  readonly artifactCount: number;
  /** How many cache entries name it: the next run that needs one executes its step again. */
  readonly entryCount: number;
}

/** What a verification has found. */
export interface Verification {
  readonly checked: number;
  readonly bytes: number;
  readonly damaged: readonly DamagedBlob[];
  /** The digest to go on after; absent when all have had their turn. */
  readonly next?: string;
}

export interface VerifyOptions {
  readonly tenantId: string;
  /** Where to go on: the `next` of the verification before. */
  readonly after?: string;
  /** Blobs at most. */
  readonly limit: number;
  /** No blob is begun later than this. Milliseconds; for ever unless told. */
  readonly forMs?: number;
}

const MOST_NAMES = 100;

/**
 * Reads every byte of a tenant's blobs, in the order of their digests, a page at a time, and holds it against the digest.
 * What is corrupt is gone from the store afterwards, so that it can be made again; each damaged blob is told in an event.
 *
 * @throws StoreUnavailableError; what the database throws.
 */
export async function verifyStore(parts: StoreParts, options: VerifyOptions): Promise<Verification> {
  const { tenantId, after, limit, forMs = Infinity } = options;
  const began = performance.now();
  const page = await repositories(parts.dataSource).blobCare.listBlobs(tenantId, { after, limit });
  const damaged: DamagedBlob[] = [];
  let checked = 0;
  let bytes = 0;
  for (const blob of page) {
    const found = await verifyBlob(parts, tenantId, blob);
    if (found) damaged.push(found);
    checked += 1;
    bytes += blob.size;
    if (performance.now() - began > forMs) break;
  }
  const last = page[checked - 1]?.digest;
  const more = checked < page.length || page.length === limit;
  return { checked, bytes, damaged, ...(more && last !== undefined && { next: last }) };
}

/** @returns what is wrong with it; undefined when it is right, or nobody needs it. */
async function verifyBlob(
  parts: StoreParts,
  tenantId: string,
  blob: ListedBlob,
): Promise<DamagedBlob | undefined> {
  const { blobCare } = repositories(parts.dataSource);
  const { digest } = blob;
  let problem: BlobProblem;
  try {
    await blobCare.noteVerified(tenantId, blob, await parts.store.verify(tenantId, digest));
    return undefined;
  } catch (error) {
    if (error instanceof BlobNotFoundError) problem = 'missing';
    else if (error instanceof BlobCorruptError) problem = 'corrupt';
    else throw error;
  }
  const names = await blobCare.namesOf(tenantId, digest, MOST_NAMES);
  // Announced and never stored, or collected meanwhile: nothing is lost.
  if (problem === 'missing' && names.artifactCount + names.entryCount === 0) return undefined;
  const damaged: DamagedBlob = { digest, problem, ...shown(names) };
  await transaction(parts.dataSource, async tx => {
    await tx.blobs.distrust(tenantId, digest);
    await tx.events.append([{ tenantId, type: 'blob.damaged', data: { ...damaged } }]);
  });
  parts.log.warn({ tenantId, digest, problem, artifacts: names.artifactCount }, 'a blob is damaged');
  return damaged;
}

function shown({ artifacts, artifactCount, entryCount }: BlobNames) {
  return {
    artifactIds: artifacts.map(({ id }) => id),
    runIds: [...new Set(artifacts.flatMap(({ runId }) => runId ?? []))],
    artifactCount,
    entryCount,
  };
}
