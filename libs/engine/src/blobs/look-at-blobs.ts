import type { ArtifactStore } from '@cairn/artifact-store';
import type { NamedBytes } from './check-blobs.js';

/** Files that are looked at together. */
const AT_ONCE = 32;

/**
 * Which of these bytes are not there, by existence and size alone: nothing is read, verified, touched or told. For
 * those who plan; who uses bytes checks them.
 */
export async function absentBlobs(
  store: Pick<ArtifactStore, 'stat'>,
  tenantId: string,
  named: readonly NamedBytes[],
): Promise<ReadonlySet<string>> {
  const sizes = [...new Map(named.map(({ digest, size }) => [digest, size]))];
  const absent = new Set<string>();
  for (let from = 0; from < sizes.length; from += AT_ONCE)
    await Promise.all(
      sizes.slice(from, from + AT_ONCE).map(async ([digest, size]) => {
        const found = await store.stat(tenantId, digest);
        if (found?.size !== size) absent.add(digest);
      }),
    );
  return absent;
}
