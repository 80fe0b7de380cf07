import type { Run, RunStep } from '@cairn/client';

/** Whether a run has reached a state it never leaves. */
export const hasEnded = (run: Pick<Run, 'status'>) => !['queued', 'running'].includes(run.status);

/** How a step came out, or where it stands, in the words that the list and the summary show. */
export type StepResult = 'waiting' | 'running' | 'executed' | 'from cache' | 'failed' | 'skipped';

export function resultOf(step: Pick<RunStep, 'status' | 'cacheHit'>): StepResult {
  if (step.cacheHit && (step.status === 'completed' || step.status === 'skipped')) return 'from cache';
  const words = { pending: 'waiting', running: 'running', completed: 'executed' } as const;
  if (step.status === 'failed' || step.status === 'skipped') return step.status;
  return words[step.status];
}
