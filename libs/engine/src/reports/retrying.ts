import type { NewEvent } from '@cairn/dao';
import { events } from '@cairn/dto';
import type { StepRequest } from '@cairn/pipeline';
import { cleanText } from './clean.js';

/** That an attempt has failed, and that there will be another. */
export function stepRetrying(
  { tenantId, runId, stepId, skillId }: StepRequest,
  attempt: number,
  error: unknown,
): NewEvent {
  const { code, message } = (error ?? {}) as { code?: unknown; message?: unknown };
  const data = {
    skillId,
    code: typeof code === 'string' ? cleanText(code) : 'STEP_FAILED',
    message: cleanText(typeof message === 'string' ? message : String(error), events.MOST_MESSAGE),
  };
  return { tenantId, runId, stepId, attempt, type: 'step.retrying', data };
}
