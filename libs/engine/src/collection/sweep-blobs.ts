import { repositories, transaction, type Repositories } from '@cairn/dao';
import { plus, type Amount } from './report.js';
import type { StoreParts, TenantWork } from './tenant-work.js';

interface Swept {
  readonly blobs: Amount;
  readonly failed: number;
}

/**
 * For how long a batch goes on after its rows were locked. The database ends a session that stands idle in a transaction
 * for 60 s, and with it the locks: a process that was stopped for so long must not go on removing. Milliseconds.
 */
const HOLD_MS = 20_000;

/** Removes the bytes that nothing keeps, and their rows, in batches ordered by digest. */
export async function sweepBlobs(parts: StoreParts, work: TenantWork): Promise<Swept> {
  const { tenantId, graceMs, limits, signal } = work;
  const { blobCare } = repositories(parts.dataSource);
  let blobs: Amount = { count: 0, bytes: 0 };
  let failed = 0;
  for (let after: string | undefined; ;) {
    const { garbage, next } = await blobCare.findGarbage(tenantId, { graceMs, after, limit: limits.marks });
    for (let from = 0; from < garbage.length; from += limits.blobs) {
      signal?.throwIfAborted();
      const digests = garbage.slice(from, from + limits.blobs).map(({ digest }) => digest);
      await blobCare.doubtLetGo(tenantId, digests, graceMs);
      const swept = await transaction(parts.dataSource, tx => sweepBatch(parts, tx, work, digests));
      blobs = plus(blobs, swept.blobs);
      failed += swept.failed;
    }
    if (next === undefined) return { blobs, failed };
    signal?.throwIfAborted();
    after = next;
  }
}

/**
 * The rows stay locked until the transaction ends, so nobody can begin to rely on bytes that are being removed. What
 * was removed before the process was killed has a row without bytes, which the next collection finds again.
 */
async function sweepBatch(
  { store, log }: StoreParts,
  { blobCare }: Repositories,
  { tenantId, graceMs }: TenantWork,
  digests: readonly string[],
): Promise<Swept> {
  const gone: string[] = [];
  let bytes = 0;
  let failed = 0;
  const began = performance.now();
  for (const blob of await blobCare.lockLetGo(tenantId, digests, graceMs)) {
    const { digest } = blob;
    // Just before, one by one: an answer also says that the session, and so the lock, is still there.
    if ((await blobCare.withoutMark(tenantId, [blob])).length === 0) continue;
    if (performance.now() - began > HOLD_MS) break;
    try {
      bytes += await store.remove(tenantId, digest);
      gone.push(digest);
    } catch (error) {
      // One file that cannot be removed does not keep the others.
      log.warn({ tenantId, digest, error: (error as Error).message }, 'a blob cannot be removed');
      failed += 1;
    }
  }
  await blobCare.forgetBlobs(tenantId, gone);
  return { blobs: { count: gone.length, bytes }, failed };
}
