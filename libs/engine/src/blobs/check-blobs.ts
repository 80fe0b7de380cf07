import { BlobCorruptError, BlobNotFoundError } from '@cairn/artifact-store';
import { repositories, transaction, type TouchedBlob, type VerifiedBlob } from '@cairn/dao';
import type { Engine } from '../engine.js';

/** Bytes that a row names. */
export interface NamedBytes {
  readonly digest: string;
  readonly size: number;
}

/** What is wrong with stored bytes. */
export type BlobProblem = 'missing' | 'corrupt';

export interface CheckSettings {
  /** Reads all bytes, whatever was verified before. */
  readonly always?: boolean;
  /** Gives up, without reading, when more bytes than this would have to be read. */
  readonly mostBytes?: number;
}

/** What a check has found. `unread` says that it was given up. */
export interface BlobCheck {
  readonly damaged: ReadonlyMap<string, BlobProblem>;
  readonly unread: boolean;
}

/** Blobs that are read at once. */
const AT_ONCE = 4;
/** For whom a row is made for bytes that had none. Milliseconds. */
const ADOPTION_MS = 60_000;

/**
 * Whether stored bytes are what their digests say. Those whose stamp is the one that was recorded when they were last
 * verified, not too long ago, are believed; the others are read. What is damaged is told in an event; a corrupt blob is
 * gone afterwards.
 *
 * All of them are touched first, so that a collection leaves them to whoever is about to name them.
 */
export async function checkBlobs(
  engine: Pick<Engine, 'dataSource' | 'store' | 'verifyAfterMs'>,
  tenantId: string,
  named: readonly NamedBytes[],
  settings: CheckSettings = {},
): Promise<BlobCheck> {
  const { blobs } = repositories(engine.dataSource);
  const sizes = new Map(named.map(({ digest, size }) => [digest, size]));
  const rows = await blobs.touch(tenantId, [...sizes.keys()], engine.verifyAfterMs);
  const known = new Map(rows.map(row => [row.digest, row]));
  const damaged = new Map<string, BlobProblem>();
  const unsure: string[] = [];
  await Promise.all(
    [...sizes].map(async ([digest, size]) => {
      const found = await engine.store.stat(tenantId, digest);
      if (!found) damaged.set(digest, 'missing');
      else if (settings.always || found.size !== size || !believed(known.get(digest), found.stamp))
        unsure.push(digest);
    }),
  );
  const toRead = unsure.reduce((sum, digest) => sum + sizes.get(digest)!, 0);
  if (settings.mostBytes !== undefined && toRead > settings.mostBytes) return { damaged, unread: true };

  // Bytes without a row, as after a restore of an older database: from now on they have one, and before they are read.
  const strange = unsure.filter(digest => !known.has(digest));
  for (const digest of strange)
    await blobs.announce(tenantId, { digest, size: sizes.get(digest)! }, { forMs: ADOPTION_MS });
  for (const row of await blobs.touch(tenantId, strange, engine.verifyAfterMs)) known.set(row.digest, row);

  const verified: VerifiedBlob[] = [];
  const read = async (digest: string) => {
    const stamp = await engine.store.verify(tenantId, digest).catch((error: unknown) => {
      damaged.set(digest, problemOf(error));
      return undefined;
    });
    const row = known.get(digest);
    // Known already, as with every delivery of what was just stored: nothing to write.
    if (stamp !== undefined && row && !believed(row, stamp))
      verified.push({ digest, stamp, generation: row.generation });
  };
  for (let from = 0; from < unsure.length; from += AT_ONCE)
    await Promise.all(unsure.slice(from, from + AT_ONCE).map(read));
  await blobs.confirm(tenantId, verified);
  await report(engine, tenantId, damaged, known);
  return { damaged, unread: false };
}

function believed(row: TouchedBlob | undefined, stamp: string): boolean {
  return row !== undefined && row.stamp === stamp && !row.stale;
}

function problemOf(error: unknown): BlobProblem {
  if (error instanceof BlobNotFoundError) return 'missing';
  if (error instanceof BlobCorruptError) return 'corrupt';
  throw error;
}

/** Once for each blob that was sound before: what is known to be damaged is not told again with every look. */
async function report(
  engine: Pick<Engine, 'dataSource'>,
  tenantId: string,
  damaged: ReadonlyMap<string, BlobProblem>,
  known: ReadonlyMap<string, TouchedBlob>,
): Promise<void> {
  for (const [digest, problem] of damaged) {
    if (known.get(digest)?.stamp == null) continue;
    await transaction(engine.dataSource, async tx => {
      await tx.blobs.distrust(tenantId, digest);
      await tx.events.append([{ tenantId, type: 'blob.damaged', data: { digest, problem } }]);
    });
  }
}
