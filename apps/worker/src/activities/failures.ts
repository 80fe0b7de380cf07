import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import type { Interruption, InterruptedType } from '@cairn/pipeline';

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
const WORKER_SHUTDOWN = 'WORKER_SHUTDOWN';

/** What the SDK knows of the attempt that failed. */
export interface Attempt {
  readonly signal: AbortSignal;
  /** Of the activity, counted from 1. */
  readonly attempt: number;
}

/**
 * Runs an activity and says what went wrong in Temporal's terms: a terminal error of the domain is not retried,
 * everything else is, up to the step's policy. An attempt that was cancelled ends as cancelled, one whose worker is
 * being stopped as interrupted, whatever the work made of its signal.
 */
export async function translated<T>(work: () => Promise<T>, at?: Attempt): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw at?.signal.aborted ? brokenOff(at) : toFailure(error, at?.attempt ?? 1);
  }
}

function brokenOff({ signal, attempt }: Attempt): unknown {
  const reason: unknown = signal.reason;
  if (!(reason instanceof CancelledFailure) || reason.message !== WORKER_SHUTDOWN) return reason;
  const interruption: Interruption = { attempt };
  return ApplicationFailure.create({
    message: 'The worker was stopped',
    type: INTERRUPTED,
    nonRetryable: true,
    details: [interruption],
  });
}

function toFailure(error: unknown, attempt: number): unknown {
  if (error instanceof CancelledFailure || error instanceof ApplicationFailure) return error;
  if (!isCoded(error)) return error;
  return ApplicationFailure.create({
    message: error.message,
    type: error.code,
    nonRetryable: !error.retryable,
    details: [{ attempt, issues: error.issues ?? [] }],
    cause: error,
  });
}
