import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import { InputDamagedError } from '@cairn/engine';
import type { Damage, InputDamagedType, Interruption, InterruptedType } from '@cairn/pipeline';

/** An error of the domain as it arrives here, also from a thread, where its class is lost. */
interface Coded {
  readonly code: string;
  readonly retryable: boolean;
  readonly issues?: readonly unknown[];
}
// Errors of Node and of drivers have a code too; only ours say whether another try may help.
const isCoded = (error: unknown): error is Error & Coded =>
  error instanceof Error &&
  typeof (error as Partial<Coded>).code === 'string' &&
  typeof (error as Partial<Coded>).retryable === 'boolean';

const INTERRUPTED: InterruptedType = 'INTERRUPTED';
const INPUT_DAMAGED: InputDamagedType = 'INPUT_DAMAGED';
/**
 * What is no fault of the skill's: another has taken the step over, a collection took its bytes, or the store or the
 * code is not what it should be at the moment.
 */
const NO_FAULT = new Set(['CLAIM_LOST', 'BYTES_COLLECTED', 'STORE_UNAVAILABLE', 'CODE_CHANGED']);
const WORKER_SHUTDOWN = 'WORKER_SHUTDOWN';

/** What the SDK knows of a skill's attempt that failed. */
export interface Attempt {
  readonly signal: AbortSignal;
  /** Of the activity, counted from 1. */
  readonly attempt: number;
  /** How many attempts Temporal makes in this activity; without a bound when absent. */
  readonly most?: number | undefined;
  /** Of the attempts before, those that the skill has failed by itself; the others were lost with their workers. */
  readonly failedBefore: number;
  /** Codes of errors after which there is no other attempt. */
  readonly nonRetryable: readonly string[];
}

/** Whether an error is the skill's own, and another attempt may help. */
export function isTriedAgain(error: unknown, { signal, nonRetryable }: Attempt): boolean {
  if (signal.aborted || error instanceof CancelledFailure || error instanceof InputDamagedError) return false;
  if (!isCoded(error)) return !(error instanceof Error && nonRetryable.includes(error.name));
  return error.retryable && !NO_FAULT.has(error.code) && !nonRetryable.includes(error.code);
}

/** Whether no other attempt is made: neither by Temporal nor by another activity in the place of this one. */
export function isTheLast(error: unknown, at: Attempt): boolean {
  return !isTriedAgain(error, at) || (at.most !== undefined && at.failedBefore + 1 >= at.most);
}

/**
 * Runs an activity and says what went wrong in Temporal's terms: a terminal error of the domain is not retried,
 * everything else is, up to the step's policy. An attempt that was cancelled ends as cancelled, one whose worker is
 * being stopped as interrupted, whatever the work made of its signal.
 *
 * @param at for a skill's activity: what is no fault of the skill's interrupts it, and another takes its place. Work on
 *   the records has no attempts to lose, and is tried again by Temporal.
 */
export async function translated<T>(work: () => Promise<T>, at?: Attempt): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (at?.signal.aborted) throw brokenOff(at);
    // Temporal would give up, though some of its attempts were lost with their workers and not the skill's fault.
    if (at && at.attempt === at.most && !isTheLast(error, at))
      throw interrupted(reasonOf(error), { ...at, failedBefore: at.failedBefore + 1 }, error);
    throw toFailure(error, at);
  }
}

const reasonOf = (error: unknown) => (error instanceof Error ? error.message : String(error));

function brokenOff(at: Attempt): unknown {
  const reason: unknown = at.signal.reason;
  if (!(reason instanceof CancelledFailure) || reason.message !== WORKER_SHUTDOWN) return reason;
  return interrupted('The worker was stopped', at);
}

function interrupted(
  message: string,
  { attempt, failedBefore: failed }: Pick<Attempt, 'attempt' | 'failedBefore'>,
  cause?: unknown,
): ApplicationFailure {
  const interruption: Interruption = { attempt, failed };
  return ApplicationFailure.create({
    message,
    type: INTERRUPTED,
    nonRetryable: true,
    details: [interruption],
    ...(cause instanceof Error && { cause }),
  });
}

function toFailure(error: unknown, at: Attempt | undefined): unknown {
  if (error instanceof CancelledFailure || error instanceof ApplicationFailure) return error;
  const attempt = at?.attempt ?? 1;
  if (!isCoded(error)) return error;
  if (at && NO_FAULT.has(error.code)) return interrupted(error.message, at, error);
  if (error instanceof InputDamagedError) {
    const damage: Damage = { attempt, digests: error.digests };
    const details = [damage];
    return ApplicationFailure.create({
      message: error.message,
      type: INPUT_DAMAGED,
      nonRetryable: true,
      details,
    });
  }
  return ApplicationFailure.create({
    message: error.message,
    type: error.code,
    nonRetryable: !error.retryable,
    details: [{ attempt, issues: error.issues ?? [] }],
    cause: error,
  });
}
