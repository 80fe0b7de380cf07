import type { SettledStep, StepNode, StepRequest } from '@cairn/pipeline/run-time';
import { records } from './activities.js';
import type { Surroundings } from './surroundings.js';
import { uninterrupted } from './uninterrupted.js';

/**
 * Executes a step, or takes what another step's execution of the same gives: while another holds the key, the step
 * waits without an activity, and looks again when it is woken or the holder's lease has ended. Damaged files that it is
 * given are made again.
 *
 * @throws ActivityFailure when the attempts are used up, or the step is broken off too often.
 */
export function executeStep(step: StepNode, around: Surroundings): Promise<SettledStep> {
  const request = around.requestOf(step);
  return around.repairs.mending(() => executeOrWait(step, request, around));
}

async function executeOrWait(
  { id }: StepNode,
  request: StepRequest,
  { wakes, taskQueue, slots, pace, waits }: Surroundings,
): Promise<SettledStep> {
  const { stepId, policy } = request;
  let next = request;
  let left = policy.attempts;
  for (;;) {
    wakes.forget(stepId);
    const attempt = next;
    const { answer, ...rest } = await slots.hold(() => uninterrupted(attempt, taskQueue, left, pace));
    if (answer.kind !== 'waiting') return answer;
    waits(id, true);
    await wakes.until(stepId, answer.forMs);
    waits(id, false);
    left = Math.max(1, rest.left - (answer.attempts - rest.attemptsBefore));
    next = { ...next, waited: true, attemptsBefore: answer.attempts };
    const [found] = await records.lookUpFrontier([next]);
    if (found?.kind === 'settled') return found.step;
  }
}
