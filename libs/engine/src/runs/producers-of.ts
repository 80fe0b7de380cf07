import { repositories, type DataSource } from '@cairn/dao';
import type { Producers, RunRef } from '@cairn/pipeline';

/** Which steps of a run have made these bytes, as its artifacts say. */
export async function producersOf(
  dataSource: DataSource,
  { tenantId, runId }: RunRef,
  digests: readonly string[],
): Promise<Producers> {
  const gave = await repositories(dataSource).artifacts.stepsThatGave(tenantId, runId, digests);
  const steps = digests.flatMap(digest => gave.get(digest) ?? []);
  return { steps: [...new Set(steps)], lost: digests.filter(digest => !gave.get(digest)) };
}
