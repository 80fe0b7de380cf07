import type { FoundEntry } from '@cairn/dao';
import type { http } from '@cairn/dto';
import { given } from '../runs/run-view.js';

/** An entry of the cache, without the result itself. */
export function entryView(entry: FoundEntry): http.CacheEntry {
  const { durationMs, hitCount } = entry;
  return {
    cacheKey: entry.cacheKey,
    skillId: entry.skillId,
    workflowName: entry.workflowName,
    stepId: entry.stepId,
    runId: entry.runId,
    scope: entry.scope,
    inputHash: entry.inputHash,
    hitCount,
    savedMs: hitCount * (durationMs ?? 0),
    digests: entry.digests,
    createdAt: entry.createdAt.toISOString(),
    ...given({
      durationMs,
      lastHitAt: entry.lastHitAt?.toISOString(),
      expiresAt: entry.expiresAt?.toISOString(),
    }),
  };
}
