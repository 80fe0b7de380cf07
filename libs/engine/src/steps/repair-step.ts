import { RecordNotFoundError, repositories, transaction, type Artifact, type RunStep } from '@cairn/dao';
import type { StepAnswer, StepRequest } from '@cairn/pipeline';
import { checkBlobs } from '../blobs/check-blobs.js';
import type { Engine } from '../engine.js';
import { patiently } from './patiently.js';
import { prepareStep } from './prepare-step.js';
import { runSkill } from './run-skill.js';
import { settledStep } from './settled-step.js';
import type { ExecutionHooks } from './skill-context.js';
import { ArtifactLostError } from './step-errors.js';

/**
 * Makes the bytes of a step that is done again, from what it was given then. The records stay as they are: bytes are
 * named by their digest, and only the same bytes are a repair.
 *
 * @returns the step as it is recorded; whom to wait for, while another executes the same
 * @throws ArtifactLostError when the skill gives other bytes than it did; what the skill throws
 */
export async function repairStep(
  engine: Engine,
  request: StepRequest,
  hooks: ExecutionHooks,
): Promise<StepAnswer> {
  const { tenantId, runId, stepId } = request;
  const { steps, artifacts } = repositories(engine.dataSource);
  const row = await patiently(hooks.signal, () => steps.getStep(tenantId, runId, stepId));
  const done = row ? settledStep(row) : undefined;
  if (!row || done?.kind !== 'done') throw new RecordNotFoundError('finished step', `${runId}/${stepId}`);
  const { damaged } = await patiently(hooks.signal, async () => {
    const rows = await artifacts.listArtifactsByIds(tenantId, row.outputArtifactIds);
    return checkBlobs(engine, tenantId, rows.map(namedBytes), { always: true });
  });
  if (damaged.size === 0) return done;

  const step = await prepareStep(asItWasGiven(request, row), engine.skills, engine.resources);
  const { leaseMs } = engine.leases;
  const owner = { tenantId, runId, stepId, cacheKey: step.key.cacheKey };
  const attempt = row.attempt + hooks.attempt;
  const { answer, sentAt } = await patiently(hooks.signal, async () => {
    const sentAt = process.hrtime.bigint();
    const answer = await transaction(engine.dataSource, tx =>
      tx.claims.claim({ ...owner, attempt, leaseMs }),
    );
    return { answer, sentAt };
  });
  if (answer.kind === 'refused') {
    const { runId, stepId, remainingMs } = answer.holder;
    // Whoever executes the same makes the bytes too: then there is nothing left to repair.
    return { kind: 'waiting', holder: { runId, stepId }, forMs: Math.ceil(remainingMs), attempts: 0 };
  }
  const lease = engine.leases.keep(answer.claim, sentAt);
  try {
    const signal = AbortSignal.any([hooks.signal, lease.signal]);
    const made = await runSkill(engine, step, { ...hooks, signal });
    const digests = new Set(made.artifacts.map(({ digest }) => digest));
    const lost = [...damaged.keys()].filter(digest => !digests.has(digest));
    // Without the attempt: each repair of the step is told, and the numbers of their attempts are the same.
    const about = { tenantId, runId, stepId };
    await patiently(hooks.signal, () =>
      transaction(engine.dataSource, async tx => {
        await tx.blobs.confirm(tenantId, made.blobs, { runId, stepId });
        const type = lost.length > 0 ? 'artifact.lost' : 'artifact.repaired';
        await tx.events.append([
          { ...about, type, data: { digests: lost.length > 0 ? lost : [...damaged.keys()] } },
        ]);
      }),
    );
    if (lost.length > 0)
      throw new ArtifactLostError(`${stepId} gives other bytes now: ${lost.join(', ')} cannot be made again`);
    return done;
  } finally {
    lease.end();
    const woken = await repositories(engine.dataSource)
      .claims.end(answer.claim)
      .then(() => repositories(engine.dataSource).claims.wake(step.key.cacheKey, null))
      .catch(() => 0);
    if (woken > 0) engine.waker.soon(step.key.cacheKey);
  }
}

/** A step that took its result from the cache may have values of its own outside the key, which that was not made of. */
function asItWasGiven(request: StepRequest, { fullInput, cacheHit }: RunStep): StepRequest {
  if (fullInput !== null) return { ...request, fullInput };
  const { fullInput: own, ...keyed } = request;
  return cacheHit && own !== undefined ? keyed : request;
}

const namedBytes = (row: Artifact) => ({ digest: row.contentHash, size: row.sizeBytes ?? 0 });
