import type { Repositories, RunStep } from '@cairn/dao';
import type { Engine } from '../engine.js';
import { artifactRowsOf, type ArtifactRows } from './artifact-rows.js';
import type { PreparedStep } from './prepare-step.js';
import type { Reusable } from './reusable.js';

/** A step and the result that it takes instead of executing. */
export interface Reuse {
  readonly step: PreparedStep;
  readonly result: Reusable;
}

/**
 * Records results that are used again, in the caller's transaction: a step that nothing was done for is skipped as a
 * hit; one that has waited, has tried, or is `late`, is completed with what another run executed meanwhile. Steps that
 * have ended stay as they are. Locks rows in the order steps, blobs, run, as the recording of an execution does: the other order
 * could deadlock.
 *
 * @returns whether the bytes are still held; false when a collection took some, and nothing may be committed.
 */
export async function recordReuse(
  tx: Repositories,
  engine: Pick<Engine, 'store' | 'hits' | 'meter'>,
  reuses: readonly Reuse[],
  { late = false } = {},
): Promise<boolean> {
  const [first] = reuses;
  if (!first) return true;
  const { tenantId, runId } = first.step.request;
  const stepIds = reuses.map(({ step }) => step.request.stepId);
  const rows = new Map((await tx.steps.lockSteps(tenantId, runId, stepIds)).map(row => [row.stepId, row]));
  const open = reuses.filter(({ step }) => isOpen(rows.get(step.request.stepId)));
  if (open.length === 0) return true;
  const digests = open.flatMap(({ result }) => result.outputs.artifacts.map(({ digest }) => digest));
  if (!(await tx.blobs.hold(tenantId, digests))) return false;

  const made = open.map(reuse => ({
    ...reuse,
    artifacts: artifactRowsOf(reuse.step.request, reuse.result.outputs, engine.store),
  }));
  await tx.artifacts.insertArtifacts(made.flatMap(({ artifacts }) => artifacts.rows));
  const isNew = ({ step }: Reuse) => !late && isUntouched(rows.get(step.request.stepId));
  await tx.steps.skipStepsAsCacheHits(
    tenantId,
    runId,
    made.filter(isNew).map(({ step, result, artifacts }) => ({
      stepId: step.request.stepId,
      ...keyOf(step, result),
      outputArtifactIds: artifacts.ids,
      artifacts: artifacts.rows,
      output: result.outputs.output,
      madeByRunId: result.madeByRunId,
    })),
  );
  for (const reuse of made.filter(entry => !isNew(entry))) await adopt(tx, reuse, reuse.artifacts, rows);
  const named = made.flatMap(entry => (entry.artifacts.context ? [entry.artifacts.context.artifacts] : []));
  if (named.length > 0)
    await tx.runs.mergeContext(tenantId, runId, { artifacts: Object.assign({}, ...named) as object });
  const hits = made.filter(({ result }) => result.source === 'cache');
  engine.hits.count(
    tenantId,
    hits.map(({ step }) => step.key.cacheKey),
  );
  for (const reuse of made) {
    const how = isNew(reuse) ? 'hit' : 'adopted';
    engine.meter?.reused(reuse.step.request.skillId, how, reuse.result.durationMs ?? 0);
  }
  return true;
}

async function adopt(
  tx: Repositories,
  { step, result }: Reuse,
  artifacts: ArtifactRows,
  rows: ReadonlyMap<string, RunStep>,
): Promise<void> {
  const { tenantId, runId, stepId } = step.request;
  const attempt = rows.get(stepId)!.attempt;
  await tx.steps.startAttempt(tenantId, runId, stepId, { attempt, ...keyOf(step, result) });
  await tx.steps.completeStep(tenantId, runId, stepId, {
    outputArtifactIds: artifacts.ids,
    artifacts: artifacts.rows,
    output: result.outputs.output,
    cacheHit: true,
    durationMs: null,
    madeByRunId: result.madeByRunId,
  });
  await tx.claims.stopWaiting(runId, stepId);
}

const keyOf = ({ key }: PreparedStep, { fullInput }: Reusable) => ({
  inputHash: key.inputHash,
  cacheKey: key.cacheKey,
  keyIngredients: key.ingredients,
  fullInput,
});
const isOpen = (row: RunStep | undefined) => row?.status === 'pending' || row?.status === 'running';
const isUntouched = (row: RunStep | undefined) => row?.status === 'pending' && row.waitingOn === null;
