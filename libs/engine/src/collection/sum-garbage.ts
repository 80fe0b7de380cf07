import { repositories, type DataSource } from '@cairn/dao';
import { plus, type Amount } from './report.js';

/** How much a sweep would remove if the tenant's retention had been applied, by the records alone. Changes nothing. */
export async function sumGarbage(
  dataSource: DataSource,
  work: { tenantId: string; graceMs: number; limits: { marks: number }; signal?: AbortSignal | undefined },
): Promise<Amount> {
  const { tenantId, graceMs, limits, signal } = work;
  const { blobCare, retention } = repositories(dataSource);
  const rules = await retention.getRules(tenantId);
  let sum: Amount = { count: 0, bytes: 0 };
  for (let after: string | undefined; ;) {
    signal?.throwIfAborted();
    const page = await blobCare.findGarbage(tenantId, { graceMs, after, limit: limits.marks }, rules);
    for (const { size } of page.garbage) sum = plus(sum, { count: 1, bytes: size });
    if (page.next === undefined) return sum;
    after = page.next;
  }
}
