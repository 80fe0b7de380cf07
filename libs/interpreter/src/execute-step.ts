import { ActivityFailure, ApplicationFailure, sleep, TimeoutFailure } from '@temporalio/workflow';
import type { Interruption, InterruptedType, SettledStep, StepRequest } from '@cairn/pipeline/run-time';
import { stepActivity } from './activities.js';

/** How often a step may be broken off by no fault of its own: with the waits between, about three minutes. */
const MAX_INTERRUPTIONS = 20;
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 10_000;
const INTERRUPTED: InterruptedType = 'INTERRUPTED';

/** What an interrupted activity leaves for the next one. */
interface Rest {
  /** Attempts made, whoever ended them. */
  readonly made: number;
  /** Of those, attempts that the skill failed by itself. */
  readonly failed: number;
}

/**
 * Executes a step. A skill that fails is tried again as its policy says, by Temporal; an attempt that is broken
 * off, because its worker was stopped, died, or is of another build, is made up for by another activity and costs
 * the skill none of its attempts.
 *
 * @throws ActivityFailure when the attempts are used up, or the step is broken off too often.
 */
export async function executeStep(request: StepRequest, taskQueue: string): Promise<SettledStep> {
  let left = request.policy.attempts;
  let attemptsBefore = 0;
  for (let interruptions = 0; ; interruptions += 1) {
    try {
      return await stepActivity({ ...request, attemptsBefore }, taskQueue, left);
    } catch (error) {
      const rest = interruptionOf(error, left);
      if (!rest || interruptions >= MAX_INTERRUPTIONS) throw error;
      attemptsBefore += rest.made;
      left = Math.max(1, left - rest.failed);
      await sleep(Math.min(FIRST_WAIT_MS * 2 ** interruptions, LONGEST_WAIT_MS));
    }
  }
}

function interruptionOf(error: unknown, attempts: number): Rest | undefined {
  const cause = error instanceof ActivityFailure ? error.cause : undefined;
  // A worker that died says nothing. Temporal has counted its death as one of the attempts.
  if (cause instanceof TimeoutFailure && cause.timeoutType === 'HEARTBEAT')
    return { made: attempts, failed: 0 };
  if (!(cause instanceof ApplicationFailure)) return undefined;
  if (cause.type !== INTERRUPTED && cause.type !== 'SKILL_UNKNOWN') return undefined;
  const [at] = (cause.details ?? []) as readonly (Interruption | undefined)[];
  const attempt = at?.attempt ?? 1;
  return { made: attempt, failed: attempt - 1 };
}
