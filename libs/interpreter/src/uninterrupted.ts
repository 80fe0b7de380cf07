import { ActivityFailure, ApplicationFailure, sleep, TimeoutFailure } from '@temporalio/workflow';
import type { Beat, Interruption, InterruptedType, StepAnswer, StepRequest } from '@cairn/pipeline/run-time';
import { stepActivity } from './activities.js';
import type { Pace } from './pace.js';

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

/** An answer, and where the last activity, which gave it, began. */
interface Uninterrupted {
  readonly answer: StepAnswer;
  /** Attempts that it had. */
  readonly left: number;
  /** Attempts made before it. */
  readonly attemptsBefore: number;
}

/**
 * A skill that fails is tried again as its policy says, by Temporal; an attempt that is broken off, because its worker
 * was stopped, died, or is of another build, is made up for by another activity and costs the skill none of its
 * attempts.
 *
 * @throws ActivityFailure
 */
export async function uninterrupted(
  request: StepRequest,
  taskQueue: string,
  attempts: number,
  pace: Pace,
): Promise<Uninterrupted> {
  let left = attempts;
  let attemptsBefore = request.attemptsBefore ?? 0;
  for (let interruptions = 0; ; interruptions += 1) {
    await pace.room(request);
    try {
      const answer = await stepActivity({ ...request, attemptsBefore }, taskQueue, left);
      return { answer, left, attemptsBefore };
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
  // A worker that died says nothing more. Temporal has counted its death as one of the attempts.
  if (cause instanceof TimeoutFailure && cause.timeoutType === 'HEARTBEAT')
    return { made: attempts, failed: (cause.lastHeartbeatDetails as Beat | undefined)?.failed ?? 0 };
  if (!(cause instanceof ApplicationFailure)) return undefined;
  if (cause.type !== INTERRUPTED && cause.type !== 'SKILL_UNKNOWN') return undefined;
  const [at] = (cause.details ?? []) as readonly (Interruption | undefined)[];
  const attempt = at?.attempt ?? 1;
  return { made: attempt, failed: at?.failed ?? attempt - 1 };
}
