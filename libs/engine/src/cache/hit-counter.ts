import { repositories, type DataSource } from '@cairn/dao';

/**
 * Counts hits of cache entries, and writes the counts now and then: were each written with the hit, runs that share an
 * entry would wait for each other's transactions. What a killed process had not written yet is missing from the counts,
 * and from nothing else.
 */
export class HitCounter {
  private counts = new Map<string, Map<string, number>>();

  constructor(private readonly dataSource: DataSource) {}

  count(tenantId: string, cacheKeys: readonly string[]): void {
    const counts = this.counts.get(tenantId) ?? new Map<string, number>();
    for (const key of cacheKeys) counts.set(key, (counts.get(key) ?? 0) + 1);
    this.counts.set(tenantId, counts);
  }

  /**
   * Writes what was counted since; what cannot be written is kept for the next time, and the others are written.
   * @throws what the first write that failed threw
   */
  async flush(): Promise<void> {
    const counted = this.counts;
    this.counts = new Map();
    const { cache } = repositories(this.dataSource);
    const failures: unknown[] = [];
    for (const [tenantId, counts] of counted)
      await cache.recordHits(tenantId, counts).catch((error: unknown) => {
        for (const [key, times] of counts) this.count(tenantId, Array<string>(times).fill(key));
        failures.push(error);
      });
    if (failures.length > 0) throw failures[0];
  }
}
