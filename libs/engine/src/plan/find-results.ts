import { repositories, type StepCache } from '@cairn/dao';
import { absentBlobs } from '../blobs/look-at-blobs.js';
import type { StepOutputs } from '../steps/step-outputs.js';
import type { PlanContext } from './plan-context.js';

/** What is kept under a key: a result that can be used, or why not. */
export type KeptResult =
  | { readonly kind: 'usable'; readonly entry: StepCache; readonly outputs: StepOutputs }
  | { readonly kind: 'expired' | 'bytes_gone'; readonly entry: StepCache };

/**
 * What is kept under keys, by one query and a look at the bytes: that they are there, not what they hold. Nothing is
 * touched or counted.
 *
 * @throws StoreUnavailableError
 */
export async function findResults(
  { dataSource, store, tenantId }: PlanContext,
  cacheKeys: readonly string[],
): Promise<ReadonlyMap<string, KeptResult>> {
  const entries = await repositories(dataSource).cache.findEntries(tenantId, [...new Set(cacheKeys)]);
  const live = entries.filter(({ expired }) => !expired);
  const outputsOf = (entry: StepCache) => entry.outputs as StepOutputs;
  const absent = await absentBlobs(
    store,
    tenantId,
    live.flatMap(entry => outputsOf(entry).artifacts),
  );
  return new Map(
    entries.map((entry): [string, KeptResult] => {
      if (entry.expired) return [entry.cacheKey, { kind: 'expired', entry }];
      const outputs = outputsOf(entry);
      const whole = outputs.artifacts.every(({ digest }) => !absent.has(digest));
      return [entry.cacheKey, whole ? { kind: 'usable', entry, outputs } : { kind: 'bytes_gone', entry }];
    }),
  );
}
