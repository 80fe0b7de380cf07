import { repositories, type DataSource, type TenantUsage } from '@cairn/dao';
import type { Amount } from './report.js';

/** What a tenant has, and how much of it nobody needs. */
export interface StoreUsage extends TenantUsage {
  /** What a collection with this grace would free, by the records alone. */
  readonly collectable: Amount;
}

export async function storeUsage(
  dataSource: DataSource,
  tenantId: string,
  graceMs: number,
): Promise<StoreUsage> {
  const { usage, retention, blobCare } = repositories(dataSource);
  const rules = await retention.getRules(tenantId);
  const { blobs, bytes } = await blobCare.sumGarbage(tenantId, graceMs, rules);
  return { ...(await usage.usageOf(tenantId)), collectable: { count: blobs, bytes } };
}
