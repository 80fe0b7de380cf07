import { repositories, transaction, type NewEvent, type Repositories } from '@cairn/dao';
import type { StepAnswer, StepRequest } from '@cairn/pipeline';
import type { Engine } from '../engine.js';
import { artifactRowsOf } from './artifact-rows.js';
import { beginStep, type ExecutionClaim } from './begin-step.js';
import { handOn } from './hand-on.js';
import { patiently } from './patiently.js';
import { prepareStep, type PreparedStep } from './prepare-step.js';
import type { Reusable } from './reusable.js';
import { runSkill } from './run-skill.js';
import { settledStep } from './settled-step.js';
import type { ExecutionHooks } from './skill-context.js';
import { BytesCollectedError, ClaimTakenOverError, StepSettledError } from './step-errors.js';
import type { StoredOutputs } from './store-outputs.js';
import { factsOf, traced } from '../tracer.js';

/**
 * One attempt at a step: key, claim, execution, bytes, records. A step that has ended gives what is recorded, so an
 * attempt may be repeated at any point; one whose key another step holds gives whom to wait for.
 *
 * @throws CairnError, or what the skill threw. The caller decides whether there is another attempt.
 */
export function executeStep(
  engine: Engine,
  request: StepRequest,
  hooks: ExecutionHooks,
): Promise<StepAnswer> {
  const facts = () => ({ ...factsOf(request), 'cairn.attempt': hooks.attempt });
  return traced(engine, 'cairn.step', facts, async say => {
    const about = () => factsOf(request);
    const step = await traced(engine, 'cairn.key', about, () =>
      prepareStep(request, engine.skills, engine.resources),
    );
    const beginning = await traced(engine, 'cairn.claim', about, () => beginStep(engine, step, hooks));
    if (beginning.kind === 'execute') {
      say({ 'cairn.cache': 'miss' });
      if (hooks.attempt === 1 && request.policy.cache !== 'never') engine.meter?.missed(request.skillId);
      return execute(engine, beginning.step, hooks, beginning);
    }
    const { answer } = beginning;
    if (answer.kind === 'done') say({ 'cairn.cache': answer.fromCache ? 'adopted' : 'recorded' });
    if (answer.kind === 'waiting') say({ 'cairn.waits_for_run': answer.holder.runId });
    return answer;
  });
}

/** What an execution stands on: the right to it, and what it heals. */
interface Grounds {
  readonly claim?: ExecutionClaim | undefined;
  readonly dead?: Reusable | undefined;
}

async function execute(
  engine: Engine,
  step: PreparedStep,
  hooks: ExecutionHooks,
  { claim, dead }: Grounds,
): Promise<StepAnswer> {
  const lease = claim && engine.leases.keep(claim, claim.sentAt);
  const signal = lease ? AbortSignal.any([hooks.signal, lease.signal]) : hooks.signal;
  // A skill that does not obey an abort may never end: the lease runs out, and others get the key.
  const letGo = () => lease?.end();
  hooks.signal.addEventListener('abort', letGo);
  const startedAt = performance.now();
  try {
    const outputs = await runSkill(engine, step, { ...hooks, signal });
    const durationMs = Math.round(performance.now() - startedAt);
    // From here on the claim's generation guards the records; a lease that ends meanwhile is no reason to throw the
    // result away.
    const woken = await traced(
      engine,
      'cairn.record',
      () => factsOf(step.request),
      () =>
        patiently(hooks.signal, () =>
          transaction(engine.dataSource, tx =>
            record(tx, engine, step, outputs, { claim, dead, durationMs, attempt: hooks.attempt }),
          ),
        ),
    );
    engine.meter?.executed(step.request.skillId, durationMs);
    if (woken > 0) engine.waker.soon(step.key.cacheKey);
    return { kind: 'done', output: outputs.output, fromCache: false };
  } catch (error) {
    const overtaken = error instanceof StepSettledError || lease?.signal.aborted;
    const recorded = overtaken ? await doneMeanwhile(engine, step, hooks) : undefined;
    if (recorded) return recorded;
    if (!hooks.signal.aborted) engine.meter?.attemptFailed(step.request.skillId);
    if (claim) await handOn(engine, step, claim, error, hooks.signal);
    // The reason of an abort says more than what the skill made of it.
    if (lease?.signal.aborted && !hooks.signal.aborted) throw lease.signal.reason;
    throw error;
  } finally {
    hooks.signal.removeEventListener('abort', letGo);
    lease?.end();
  }
}

/**
 * Another attempt at this step was faster, or this one's commit was answered too late: what is recorded is the step's
 * result. Any other end stays an error.
 */
async function doneMeanwhile(
  engine: Engine,
  { request }: PreparedStep,
  hooks: ExecutionHooks,
): Promise<StepAnswer | undefined> {
  const { steps } = repositories(engine.dataSource);
  const row = await patiently(hooks.signal, () =>
    steps.getStep(request.tenantId, request.runId, request.stepId),
  );
  const recorded = row ? settledStep(row) : undefined;
  return recorded?.kind === 'done' ? recorded : undefined;
}

/**
 * The rows that make a result true, all or none.
 * @returns how many steps waited for it
 */
async function record(
  tx: Repositories,
  engine: Engine,
  step: PreparedStep,
  outputs: StoredOutputs,
  how: Grounds & { durationMs: number; attempt: number },
): Promise<number> {
  const { request, key } = step;
  const { tenantId, runId, stepId, skillId, workflowName, policy } = request;
  const { claim, dead, durationMs } = how;
  const artifacts = artifactRowsOf(request, outputs, engine.store);
  const kept = { output: outputs.output, artifacts: outputs.artifacts };
  const shared = claim && policy.cache !== 'never' ? { claim, scope: policy.cache } : undefined;
  // Sent in one go, executed one after the other: what the first three say is looked at before anything is committed.
  const [completed, held, there, woken] = await Promise.all([
    tx.steps.completeStep(tenantId, runId, stepId, {
      outputArtifactIds: artifacts.ids,
      artifacts: artifacts.rows,
      output: outputs.output,
      cacheHit: false,
      durationMs,
    }),
    claim ? tx.claims.end(claim) : true,
    tx.blobs.confirm(tenantId, outputs.blobs, { runId, stepId }),
    shared
      ? tx.claims.share(shared.claim, {
          tenantId,
          runId,
          stepId,
          claimedAt: shared.claim.claimedAt,
          kind: 'succeeded',
          outputs: kept,
          fullInput: request.fullInput,
        })
      : 0,
    tx.artifacts.insertArtifacts(artifacts.rows),
    shared &&
      tx.cache.putEntry({
        tenantId,
        cacheKey: key.cacheKey,
        workflowName,
        stepId,
        skillId,
        runId,
        inputHash: key.inputHash,
        artifactIds: artifacts.ids,
        outputs: kept,
        digests: outputs.artifacts.map(({ digest }) => digest),
        fullInput: request.fullInput,
        durationMs,
        claimedAt: shared.claim.claimedAt,
        scope: shared.scope,
        ttlMs: policy.ttlMs ?? null,
      }),
    dead && tx.events.append([healed(step, dead, outputs, how.attempt)]),
    artifacts.context && tx.runs.mergeContext(tenantId, runId, artifacts.context),
  ]);
  // Each is thrown inside the transaction, so that nothing of it stays.
  if (!completed) throw new StepSettledError(stepId);
  if (!held) throw new ClaimTakenOverError(stepId);
  if (!there) throw new BytesCollectedError(stepId);
  return woken;
}

/** A result whose bytes were missing or wrong is whole again, or was replaced by another. */
function healed(step: PreparedStep, dead: Reusable, outputs: StoredOutputs, attempt: number): NewEvent {
  const { tenantId, runId, stepId } = step.request;
  const digests = (of: { artifacts: readonly { digest: string }[] }) =>
    of.artifacts.map(({ digest }) => digest);
  const before = digests(dead.outputs);
  const after = digests(outputs);
  const same = before.length === after.length && before.every((digest, index) => digest === after[index]);
  return {
    tenantId,
    runId,
    stepId,
    attempt,
    type: same ? 'cache.entry_healed' : 'cache.entry_replaced',
    data: { cacheKey: step.key.cacheKey, before, after },
  };
}
