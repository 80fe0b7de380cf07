import {
  RecordNotFoundError,
  repositories,
  transaction,
  type ClaimHolder,
  type HeldClaim,
  type Repositories,
} from '@cairn/dao';
import type { SettledStep, StepAnswer, WaitingStep } from '@cairn/pipeline';
import type { Engine } from '../engine.js';
import { patiently } from './patiently.js';
import { prepareStep, type PreparedStep } from './prepare-step.js';
import { recordReuse } from './record-reuse.js';
import { checkReusable, fromEntry, fromOutcome, isFreshFor, isSound, type Reusable } from './reusable.js';
import { settledStep } from './settled-step.js';
import type { ExecutionHooks } from './skill-context.js';

/** The right to execute, for a step whose result is shared. */
export interface ExecutionClaim extends HeldClaim {
  readonly claimedAt: Date;
  /** When it was asked for, by `process.hrtime.bigint()`. */
  readonly sentAt: bigint;
}

/** What an attempt at a step is to do. */
export type Beginning =
  | { readonly kind: 'answered'; readonly answer: StepAnswer }
  | {
      readonly kind: 'execute';
      /** With what it is executed: what heals a result is given what that was made of. */
      readonly step: PreparedStep;
      /** Absent for a step whose result nobody else may use. */
      readonly claim?: ExecutionClaim;
      /** A result under the key whose bytes are missing or wrong: the execution heals it. */
      readonly dead?: Reusable;
    };

type Decision = Beginning | { readonly kind: 'candidate'; readonly result: Reusable };

/**
 * Decides, in the records, what an attempt at a step does: nothing, when it has ended; take a result that is there;
 * wait for the step that holds the key; or execute.
 *
 * @throws RecordNotFoundError when there is no such step.
 */
export async function beginStep(
  engine: Engine,
  step: PreparedStep,
  hooks: ExecutionHooks,
): Promise<Beginning> {
  let found: Damage = { ids: new Set(), healing: step };
  for (;;) {
    const decision = await patiently(hooks.signal, () => {
      const sentAt = process.hrtime.bigint();
      return transaction(engine.dataSource, tx =>
        decide(tx, engine, step, hooks.attempt, { ...found, sentAt }),
      );
    });
    if (decision.kind !== 'candidate') return decision;
    const { result } = decision;
    const settled = await patiently(hooks.signal, () => reuse(engine, step, result));
    if (settled) return { kind: 'answered', answer: settled };
    const healing = await asItWasMade(engine, step, result);
    found = { ids: new Set([...found.ids, result.id]), dead: result, healing };
  }
}

/** The results for a step that turned out to be damaged. */
interface Damage {
  /** Of all of them: an execution that was waited for, and the entry that it left, may name the same bytes. */
  readonly ids: ReadonlySet<string>;
  /** The last. */
  readonly dead?: Reusable;
  /** The step, with what that was made of. */
  readonly healing: PreparedStep;
}

/** The step with the values outside the key that a result was made of; its own where those do not fit the skill now. */
async function asItWasMade(
  engine: Engine,
  step: PreparedStep,
  { fullInput }: Reusable,
): Promise<PreparedStep> {
  const { fullInput: own, ...keyed } = step.request;
  if (own === undefined && fullInput === undefined) return step;
  const request = fullInput === undefined ? keyed : { ...keyed, fullInput };
  return prepareStep(request, engine.skills, engine.resources).catch(() => step);
}

/** Takes the result when its bytes are sound. */
async function reuse(engine: Engine, step: PreparedStep, result: Reusable): Promise<SettledStep | undefined> {
  const { tenantId, runId, stepId } = step.request;
  if (!isSound(result, await checkReusable(engine, tenantId, [result]))) return undefined;
  const held = await transaction(engine.dataSource, tx =>
    recordReuse(tx, engine, [{ step, result }], { late: true }),
  );
  const row = held ? await repositories(engine.dataSource).steps.getStep(tenantId, runId, stepId) : null;
  return row ? settledStep(row) : undefined;
}

/** One transaction; it locks the step's row, then the key's claim. */
async function decide(
  tx: Repositories,
  engine: Engine,
  step: PreparedStep,
  attempt: number,
  { ids, dead, healing, sentAt }: Damage & { sentAt: bigint },
): Promise<Decision> {
  const { request, key } = step;
  const { tenantId, runId, stepId } = request;
  const [row] = await tx.steps.lockSteps(tenantId, runId, [stepId]);
  if (!row) throw new RecordNotFoundError('step', `${runId}/${stepId}`);
  const ended = settledStep(row);
  if (ended) return { kind: 'answered', answer: ended };

  const start = () =>
    tx.steps.startAttempt(tenantId, runId, stepId, {
      attempt,
      inputHash: key.inputHash,
      cacheKey: key.cacheKey,
      keyIngredients: key.ingredients,
      fullInput: healing.request.fullInput,
    });
  if (request.policy.cache === 'never') {
    await start();
    return { kind: 'execute', step: healing };
  }
  if (request.waited) {
    const shared = await sharedOutcome(tx, step, ids);
    if (shared) return shared;
  }
  const { leaseMs } = engine.leases;
  const owner = { tenantId, runId, stepId, cacheKey: key.cacheKey };
  const answer = await tx.claims.claim({ ...owner, attempt, leaseMs });
  if (answer.kind === 'refused') {
    await tx.claims.wait({ ...owner, temporalWorkflowId: request.workflowId });
    return { kind: 'answered', answer: await waitFor(tx, step, answer.holder, attempt) };
  }
  // Only now: whoever held the key before has stored by now what there is.
  const [entry] = await tx.cache.findLive(tenantId, [key.cacheKey]);
  if (entry && !ids.has(entry.id) && isFreshFor(request, entry)) {
    await tx.claims.end(answer.claim);
    return { kind: 'candidate', result: fromEntry(entry) };
  }
  await start();
  if (request.waited) await tx.claims.stopWaiting(runId, stepId);
  const claim = { ...answer.claim, claimedAt: answer.claimedAt, sentAt };
  return { kind: 'execute', step: healing, claim, ...(dead && { dead }) };
}

/** What became of the execution that the step has waited for, where that is the step's outcome too. */
async function sharedOutcome(
  tx: Repositories,
  { request, key }: PreparedStep,
  damaged: ReadonlySet<string>,
): Promise<Decision | undefined> {
  const { tenantId, runId, stepId } = request;
  const outcome = await tx.claims.outcomeFor(tenantId, runId, stepId, key.cacheKey);
  if (!outcome || !isFreshFor(request, outcome)) return undefined;
  if (outcome.kind === 'succeeded') {
    const result = fromOutcome(outcome);
    return damaged.has(result.id) ? undefined : { kind: 'candidate', result };
  }
  const code = outcome.errorCode ?? 'STEP_FAILED';
  // The holder's policy gave up where this step's own tries again.
  if (outcome.retryable && !request.policy.nonRetryable?.includes(code)) return undefined;
  const message = `${outcome.error ?? ''} (executed by step ${outcome.stepId} of run ${outcome.runId})`;
  await tx.steps.failStep(tenantId, runId, stepId, { error: message, errorCode: code });
  await tx.claims.stopWaiting(runId, stepId);
  return { kind: 'answered', answer: { kind: 'failed', code, message } };
}

async function waitFor(
  tx: Repositories,
  step: PreparedStep,
  holder: ClaimHolder,
  attempt: number,
): Promise<WaitingStep> {
  const { request, key } = step;
  const on = { runId: holder.runId, stepId: holder.stepId };
  await tx.steps.noteWaiting(request.tenantId, request.runId, request.stepId, {
    inputHash: key.inputHash,
    cacheKey: key.cacheKey,
    keyIngredients: key.ingredients,
    waitingOn: { kind: 'execution', ...on },
  });
  return { kind: 'waiting', holder: on, forMs: Math.ceil(holder.remainingMs), attempts: attempt - 1 };
}
