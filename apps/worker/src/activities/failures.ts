import { ApplicationFailure, CancelledFailure } from '@temporalio/common';

/** An error of the domain as it arrives here, also from a thread, where its class is lost. */
interface Coded {
  readonly code: string;
  readonly retryable?: boolean;
  readonly issues?: readonly unknown[];
}
const isCoded = (error: unknown): error is Error & Coded =>
  error instanceof Error && typeof (error as Partial<Coded>).code === 'string';

/**
 * Runs an activity and says what went wrong in Temporal's terms: a terminal error of the domain is not retried,
 * everything else is, up to the step's policy.
 */
export async function translated<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw toFailure(error);
  }
}

function toFailure(error: unknown): unknown {
  if (error instanceof CancelledFailure || error instanceof ApplicationFailure) return error;
  if (!isCoded(error)) return error;
  return ApplicationFailure.create({
    message: error.message,
    type: error.code,
    nonRetryable: error.retryable === false,
    details: [{ issues: error.issues ?? [] }],
    cause: error,
  });
}
