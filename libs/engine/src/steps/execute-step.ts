import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { repositories, transaction, type Repositories } from '@cairn/dao';
import { CairnError } from '@cairn/dto';
import type { SettledStep, StepRequest } from '@cairn/pipeline';
import type { Engine } from '../engine.js';
import { insertArtifactRows } from './artifact-rows.js';
import { settledStep } from './look-up-frontier.js';
import { patiently } from './patiently.js';
import { prepareStep, type PreparedStep } from './prepare-step.js';
import { skillContext, type ExecutionHooks } from './skill-context.js';
import type { StepOutputs } from './step-outputs.js';
import { outputsExist, storeOutputs } from './store-outputs.js';

/** The step ended while it was being executed, e.g. because its run was terminated: the result is not recorded. */
export class StepSettledError extends CairnError {
  constructor(stepId: string) {
    super('STEP_SETTLED', `The step ${stepId} had already ended`);
  }
}

/**
 * One attempt at a step: key, look-up, execution, bytes, records. A step that has ended gives what is recorded,
 * so an attempt may be repeated at any point.
 *
 * @throws CairnError, or what the skill threw. The caller decides whether there is another attempt.
 */
export async function executeStep(
  engine: Engine,
  request: StepRequest,
  hooks: ExecutionHooks,
): Promise<SettledStep> {
  const { tenantId, runId, stepId } = request;
  const step = await prepareStep(request, engine.skills, engine.resources);
  const { steps } = repositories(engine.dataSource);
  const row = await patiently(hooks.signal, () =>
    steps.startAttempt(tenantId, runId, stepId, {
      attempt: hooks.attempt,
      inputHash: step.key.inputHash,
      cacheKey: step.key.cacheKey,
      keyIngredients: step.key.ingredients,
    }),
  );
  const ended = settledStep(row);
  if (ended) return ended;

  const startedAt = performance.now();
  const found = await patiently(hooks.signal, () => findMeanwhile(engine, step));
  const outputs = found ?? (await run(engine, step, hooks));
  const durationMs = Math.round(performance.now() - startedAt);
  try {
    await patiently(hooks.signal, () =>
      transaction(engine.dataSource, tx =>
        record(tx, engine, step, outputs, { cacheHit: found !== undefined, durationMs }),
      ),
    );
  } catch (error) {
    if (!(error instanceof StepSettledError)) throw error;
    // Another attempt at this step was faster, or this one's commit was answered too late: what is recorded is
    // the step's result. Any other end stays an error.
    const recorded = await patiently(hooks.signal, () => steps.getStep(tenantId, runId, stepId));
    const first = recorded && settledStep(recorded);
    if (first?.kind !== 'done') throw error;
    return first;
  }
  return { kind: 'done', output: outputs.output, fromCache: found !== undefined };
}

/** A result that another run stored between the frontier's look-up and now. */
async function findMeanwhile(engine: Engine, step: PreparedStep): Promise<StepOutputs | undefined> {
  if (step.request.policy.cache === 'never') return undefined;
  const { tenantId } = step.request;
  const [entry] = await repositories(engine.dataSource).cache.findLive(tenantId, [step.key.cacheKey]);
  const outputs = entry?.outputs as StepOutputs | undefined;
  return outputs && (await outputsExist(outputs, tenantId, engine.store)) ? outputs : undefined;
}

async function run(engine: Engine, step: PreparedStep, hooks: ExecutionHooks): Promise<StepOutputs> {
  const tmp = await mkdtemp(join(tmpdir(), 'cairn-step-'));
  try {
    const context = skillContext(step, { store: engine.store, tmp, hooks, log: engine.log });
    const output = await step.skill.run(context as never);
    hooks.signal.throwIfAborted();
    return await storeOutputs(step, output, engine.store);
  } finally {
    await rm(tmp, { recursive: true, force: true });
  }
}

/** The rows that make a result true, all or none. */
async function record(
  tx: Repositories,
  engine: Engine,
  step: PreparedStep,
  outputs: StepOutputs,
  how: { cacheHit: boolean; durationMs: number },
): Promise<void> {
  const { request, key } = step;
  const { tenantId, runId, stepId, skillId, workflowName, policy } = request;
  const artifacts = await insertArtifactRows(tx, request, outputs, engine.store);
  const completed = await tx.steps.completeStep(tenantId, runId, stepId, {
    outputArtifactIds: artifacts.ids,
    output: outputs.output,
    ...how,
  });
  // Thrown inside the transaction, so that the artifacts' rows go with it.
  if (!completed) throw new StepSettledError(stepId);
  if (how.cacheHit) await tx.cache.recordHits(tenantId, [key.cacheKey]);
  else if (policy.cache !== 'never')
    await tx.cache.putEntry({
      tenantId,
      cacheKey: key.cacheKey,
      workflowName,
      stepId,
      skillId,
      runId,
      inputHash: key.inputHash,
      artifactIds: artifacts.ids,
      outputs,
      scope: policy.cache,
      ttlMs: policy.ttlMs ?? null,
    });
  await tx.runs.mergeContext(tenantId, runId, artifacts.context);
}
