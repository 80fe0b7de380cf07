import { REMAIN_KINDS, repositories, transaction, type RemainKind } from '@cairn/dao';
import { filesOf } from './files-of.js';
import { plus, type Amount, type CollectionFigures } from './report.js';
import { sweepBlobs } from './sweep-blobs.js';
import type { StoreParts, TenantWork } from './tenant-work.js';

/** Removes what a tenant does not need: first what names bytes, then the bytes that nothing names any more. */
export async function collectTenant(parts: StoreParts, work: TenantWork): Promise<CollectionFigures> {
  const { tenantId } = work;
  const rules = await repositories(parts.dataSource).retention.getRules(tenantId);
  // Before the runs, with which some of them would go uncounted.
  const remains = await removeRemains(parts, work);
  const deleted = await deleteDueRuns(parts, work, rules.keepRunsMs);
  const entries = await deleteDueEntries(parts, work, rules.keepEntriesMs);
  const events = await deleteDueEvents(parts, work, rules.keepEventsMs ?? null);
  const unrecorded = await adoptFiles(parts, work);
  const swept = await sweepBlobs(parts, work);
  return { ...deleted, entries, events, remains, unrecorded, ...swept };
}

async function deleteDueRuns(
  { dataSource }: StoreParts,
  { tenantId, limits, signal }: TenantWork,
  keepRunsMs: number | null,
): Promise<{ runs: number; artifacts: number }> {
  const { retention } = repositories(dataSource);
  let runs = 0;
  let artifacts = await retention.deleteUnpinned(tenantId);
  while (keepRunsMs !== null) {
    signal?.throwIfAborted();
    const due = await retention.findDueRuns(tenantId, keepRunsMs, limits.runs);
    const deleted = await transaction(dataSource, tx => tx.retention.deleteRuns(tenantId, due));
    runs += deleted.runs;
    artifacts += deleted.artifacts;
    // None deleted though some were due: all of them were pinned meanwhile. The next collection has another look.
    if (due.length < limits.runs || deleted.runs === 0) break;
  }
  return { runs, artifacts };
}

async function deleteDueEntries(
  { dataSource }: StoreParts,
  { tenantId, graceMs, limits, signal }: TenantWork,
  keepEntriesMs: number | null,
): Promise<number> {
  const { retention } = repositories(dataSource);
  const limit = limits.entries;
  let entries = 0;
  for (let deleted = limit; deleted === limit; entries += deleted) {
    signal?.throwIfAborted();
    deleted = await retention.deleteDueEntries(tenantId, { keepEntriesMs, graceMs, limit });
  }
  return entries;
}

async function deleteDueEvents(
  { dataSource }: StoreParts,
  { tenantId, limits, signal }: TenantWork,
  keepEventsMs: number | null,
): Promise<number> {
  if (keepEventsMs === null) return 0;
  const { eventLog } = repositories(dataSource);
  const limit = limits.events;
  let events = 0;
  for (let deleted = limit; deleted === limit; events += deleted) {
    signal?.throwIfAborted();
    deleted = await eventLog.deleteOldest(tenantId, keepEventsMs, limit);
  }
  return events;
}

async function removeRemains(
  { dataSource }: StoreParts,
  { tenantId, graceMs }: TenantWork,
): Promise<Record<RemainKind, number>> {
  const { remains } = repositories(dataSource);
  const removed = { leases: 0, waiters: 0, claims: 0, outcomes: 0 };
  for (const kind of REMAIN_KINDS) removed[kind] = await remains.remove(kind, tenantId, graceMs);
  return removed;
}

/** Gives a row to each file that has none: only then can it be locked, and its grace begin. */
async function adoptFiles(
  { dataSource, store }: StoreParts,
  { tenantId, limits, signal }: TenantWork,
): Promise<Amount> {
  const { blobCare } = repositories(dataSource);
  let adopted: Amount = { count: 0, bytes: 0 };
  for await (const files of filesOf(store, tenantId, limits.files)) {
    signal?.throwIfAborted();
    for (const { size } of await blobCare.adopt(tenantId, files))
      adopted = plus(adopted, { count: 1, bytes: size });
  }
  return adopted;
}
