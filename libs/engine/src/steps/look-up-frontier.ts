import { repositories, transaction, type Repositories, type RunStep } from '@cairn/dao';
import type { FrontierAnswer, SettledStep, StepRequest } from '@cairn/pipeline';
import type { Engine } from '../engine.js';
import { insertArtifactRows, type ArtifactRows } from './artifact-rows.js';
import { prepareStep, type PreparedStep } from './prepare-step.js';
import type { StepOutputs } from './step-outputs.js';
import { outputsExist } from './store-outputs.js';

interface Hit {
  readonly step: PreparedStep;
  readonly outputs: StepOutputs;
}

/** What a step's row says once it has ended; undefined while it has not. */
export function settledStep(row: RunStep): SettledStep | undefined {
  switch (row.status) {
    case 'completed':
      return { kind: 'done', output: row.output, fromCache: row.cacheHit };
    case 'skipped':
      return row.reason === 'cache_hit'
        ? { kind: 'done', output: row.output, fromCache: true }
        : { kind: 'skipped', reason: row.reason ?? 'blocked' };
    case 'failed':
      return { kind: 'failed', code: row.errorCode ?? 'UNKNOWN', message: row.error ?? '' };
    default:
      return undefined;
  }
}

/**
 * Asks about each step of a ready frontier at once: keys, one query, hits recorded in one transaction. It may be
 * called again for the same steps; what was decided stays decided.
 *
 * @returns an answer for each request, in order. A step whose input cannot be prepared is a miss: its activity
 *   reports the reason.
 */
export async function lookUpFrontier(
  engine: Engine,
  requests: readonly StepRequest[],
): Promise<readonly FrontierAnswer[]> {
  const first = requests[0];
  if (!first) return [];
  const before = await settledOf(engine, first);
  const open = requests.filter(request => !before.has(request.stepId));
  const hits = await findHits(engine, open);
  if (hits.length > 0) await transaction(engine.dataSource, tx => recordHits(tx, engine, hits));
  // Read again: what counts is what the records say, also when another attempt of this look-up was first.
  const after = hits.length > 0 ? await settledOf(engine, first) : before;
  return requests.map(({ stepId }) => {
    const step = after.get(stepId);
    return step ? { kind: 'settled', step } : { kind: 'miss' };
  });
}

async function settledOf(engine: Engine, run: StepRequest): Promise<ReadonlyMap<string, SettledStep>> {
  const rows = await repositories(engine.dataSource).steps.listSteps(run.tenantId, run.runId);
  return new Map(
    rows.flatMap(row => {
      const settled = settledStep(row);
      return settled ? [[row.stepId, settled] as const] : [];
    }),
  );
}

async function findHits(engine: Engine, requests: readonly StepRequest[]): Promise<readonly Hit[]> {
  const prepared = await Promise.all(
    requests.map(request => prepareStep(request, engine.skills, engine.resources).catch(() => undefined)),
  );
  const steps = prepared.filter(
    (step): step is PreparedStep => step !== undefined && step.request.policy.cache !== 'never',
  );
  const tenantId = requests[0]?.tenantId;
  if (tenantId === undefined || steps.length === 0) return [];
  const keys = steps.map(step => step.key.cacheKey);
  const entries = await repositories(engine.dataSource).cache.findLive(tenantId, keys);
  const byKey = new Map(entries.map(entry => [entry.cacheKey, entry.outputs as StepOutputs]));
  const candidates = steps.flatMap(step => {
    const outputs = byKey.get(step.key.cacheKey);
    return outputs ? [{ step, outputs }] : [];
  });
  const whole = await Promise.all(
    candidates.map(({ outputs }) => outputsExist(outputs, tenantId, engine.store)),
  );
  return candidates.filter((_hit, index) => whole[index]);
}

/** Locks rows in the order steps, cache, run, as the recording of a result does: the other order could deadlock. */
async function recordHits(tx: Repositories, engine: Engine, hits: readonly Hit[]): Promise<void> {
  const recorded: string[] = [];
  const contexts: ArtifactRows['context'][] = [];
  for (const { step, outputs } of hits) {
    const { tenantId, runId, stepId } = step.request;
    const row = await tx.steps.getStepForUpdate(tenantId, runId, stepId);
    if (row?.status !== 'pending') continue;
    const artifacts = await insertArtifactRows(tx, step.request, outputs, engine.store);
    await tx.steps.skipStepAsCacheHit(tenantId, runId, stepId, {
      inputHash: step.key.inputHash,
      cacheKey: step.key.cacheKey,
      keyIngredients: step.key.ingredients,
      outputArtifactIds: artifacts.ids,
      output: outputs.output,
    });
    recorded.push(step.key.cacheKey);
    contexts.push(artifacts.context);
  }
  const { tenantId, runId } = hits[0]!.step.request;
  await tx.cache.recordHits(tenantId, recorded);
  for (const context of contexts) await tx.runs.mergeContext(tenantId, runId, context);
}
