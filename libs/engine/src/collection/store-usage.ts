import { repositories, type DataSource, type TenantUsage } from '@cairn/dao';
import type { Amount } from './report.js';
import { sumGarbage } from './sum-garbage.js';

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
  const collectable = await sumGarbage(dataSource, { tenantId, graceMs, limits: { marks: 5_000 } });
  return { ...(await repositories(dataSource).usage.usageOf(tenantId)), collectable };
}
