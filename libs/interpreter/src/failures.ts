import {
  ActivityFailure,
  ApplicationFailure,
  ChildWorkflowFailure,
  isCancellation,
  TimeoutFailure,
} from '@temporalio/workflow';
import type { SettledStep } from '@cairn/pipeline/run-time';

/** A code of the domain; any other type is the name of some error class. */
const DOMAIN_CODE = /^[A-Z][A-Z0-9_]+$/;

/** The end of a node whose attempts are used up. Cancellation goes on as it is. */
export function asFailure(error: unknown): SettledStep {
  if (isCancellation(error)) throw error;
  if (causeOf(error) instanceof TimeoutFailure)
    return { kind: 'failed', code: 'TIMED_OUT', message: 'The step ran out of time, or its worker died' };
  return { kind: 'failed', ...failureOf(error, 'STEP_FAILED') };
}

/** What an error says to a program and to a reader. */
export function failureOf(error: unknown, otherwise: string): { code: string; message: string } {
  const cause = causeOf(error);
  const type = cause instanceof ApplicationFailure ? cause.type : undefined;
  return {
    code: type && DOMAIN_CODE.test(type) ? type : otherwise,
    message: cause instanceof Error ? cause.message : String(cause),
  };
}

/** What an activity or a child failed with. */
function causeOf(error: unknown): unknown {
  return error instanceof ActivityFailure || error instanceof ChildWorkflowFailure ? error.cause : error;
}
