import { repositories, type DataSource, type RunStep } from '@cairn/dao';
import type { http } from '@cairn/dto';

/** Of a step that did not execute: who made the result that it has, when, and how useful that was. */
export async function reusedResult(
  dataSource: DataSource,
  tenantId: string,
  { cacheHit, cacheKey, madeByRunId }: RunStep,
): Promise<http.ReusedResult | undefined> {
  if (!cacheHit) return undefined;
  const { cache, steps } = repositories(dataSource);
  const entry = cacheKey === null ? null : await cache.getEntry(tenantId, cacheKey);
  // The entry may be gone, or another by now.
  const same = entry && (madeByRunId === null || entry.runId === madeByRunId) ? entry : null;
  const runId = madeByRunId ?? same?.runId;
  const maker =
    runId === undefined
      ? undefined
      : (await steps.listSteps(tenantId, runId)).find(
          step => step.cacheKey === cacheKey && step.status === 'completed' && !step.cacheHit,
        );
  const madeAt = maker?.completedAt ?? same?.createdAt;
  const savesMs = maker?.durationMs ?? same?.durationMs;
  const madeByStepId = maker?.stepId ?? same?.stepId;
  return {
    ...(runId !== undefined && { madeByRunId: runId }),
    ...(madeByStepId !== undefined && { madeByStepId }),
    ...(madeAt && { madeAt: madeAt.toISOString() }),
    ...(same && { hitCount: same.hitCount }),
    ...(same?.expiresAt && { expiresAt: same.expiresAt.toISOString() }),
    ...(savesMs !== undefined && savesMs !== null && { savesMs }),
  };
}
