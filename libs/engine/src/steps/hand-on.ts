import { transaction } from '@cairn/dao';
import type { Engine } from '../engine.js';
import type { ExecutionClaim } from './begin-step.js';
import { patiently } from './patiently.js';
import type { PreparedStep } from './prepare-step.js';

/** How long a database that is away is waited for: after that the lease runs out by itself. Milliseconds. */
const PATIENCE_MS = 3_000;

/**
 * Gives a claim up after an execution that came to nothing. A failure that every other try would meet too, or that the
 * step's policy takes for such, is shared with all who waited for it; after any other end, the one that has waited
 * longest is woken, to execute.
 */
export async function handOn(
  engine: Engine,
  step: PreparedStep,
  claim: ExecutionClaim,
  error: unknown,
  signal: AbortSignal,
): Promise<void> {
  const { request, key } = step;
  const { tenantId, runId, stepId } = request;
  const failure = signal.aborted ? undefined : terminalFailure(error, request.policy.nonRetryable ?? []);
  try {
    const woken = await patiently(AbortSignal.timeout(PATIENCE_MS), () =>
      transaction(engine.dataSource, async tx => {
        if (!(await tx.claims.end(claim))) return 0;
        if (!failure) return tx.claims.wakeNext(key.cacheKey);
        const outcome = { tenantId, runId, stepId, claimedAt: claim.claimedAt, kind: 'failed' as const };
        const { message, code, retryable } = failure;
        return tx.claims.share(claim, { ...outcome, error: message, errorCode: code, retryable });
      }),
    );
    if (woken > 0) engine.waker.soon(key.cacheKey);
  } catch (reason) {
    const fields = { runId, stepId, error: (reason as Error).message };
    engine.log.warn(fields, 'a claim could not be given up; its lease runs out');
  }
}

interface TerminalFailure {
  readonly code: string;
  readonly message: string;
  /** It is for good by this step's policy only: others may see it otherwise. */
  readonly retryable: boolean;
}

/** Files that were damaged are this run's trouble, and are mended: others have their own look. */
const OWN_TROUBLE = new Set(['INPUT_DAMAGED', 'STEP_SETTLED']);

function terminalFailure(error: unknown, nonRetryable: readonly string[]): TerminalFailure | undefined {
  const { code, retryable, message } = (error ?? {}) as Partial<
    Error & { code: unknown; retryable: unknown }
  >;
  if (typeof code !== 'string' || OWN_TROUBLE.has(code)) return undefined;
  const failure = { code, message: message ?? '', retryable: retryable !== false };
  return failure.retryable && !nonRetryable.includes(code) ? undefined : failure;
}
