import { REMAIN_KINDS, repositories } from '@cairn/dao';
import { filesOf } from './files-of.js';
import { plus, type CollectionFigures } from './report.js';
import { sumGarbage } from './sum-garbage.js';
import type { StoreParts, TenantWork } from './tenant-work.js';

/** What `collectTenant` would remove, as far as nobody writes meanwhile. Changes nothing. */
export async function forecastTenant(
  { dataSource, store }: StoreParts,
  { tenantId, graceMs, limits, signal }: TenantWork,
): Promise<CollectionFigures> {
  const { retention, remains: kinds, blobCare, eventLog } = repositories(dataSource);
  const rules = await retention.getRules(tenantId);
  const deleted = await retention.countDueRuns(tenantId, rules.keepRunsMs);
  const entries = await retention.countDueEntries(tenantId, rules.keepEntriesMs, graceMs);
  const events = await eventLog.countOldest(tenantId, rules.keepEventsMs ?? null);
  const remains = { leases: 0, waiters: 0, claims: 0, outcomes: 0 };
  for (const kind of REMAIN_KINDS) remains[kind] = await kinds.count(kind, tenantId, graceMs);

  let blobs = await sumGarbage(dataSource, { tenantId, graceMs, limits, signal });
  let unrecorded = { count: 0, bytes: 0 };
  for await (const files of filesOf(store, tenantId, limits.files)) {
    signal?.throwIfAborted();
    const found = await blobCare.findWithoutRow(tenantId, files);
    for (const { size } of found) unrecorded = plus(unrecorded, { count: 1, bytes: size });
    // A row made now is touched now: without a grace it goes in the same pass.
    const going = graceMs === 0 ? await blobCare.withoutMark(tenantId, found, { ...rules, graceMs }) : [];
    for (const { size } of going) blobs = plus(blobs, { count: 1, bytes: size });
  }
  return { ...deleted, entries, events, remains, unrecorded, blobs, failed: 0 };
}
