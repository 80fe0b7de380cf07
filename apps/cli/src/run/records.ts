import type { Run, RunStep } from '@cairn/client';

/** Whether a run has reached a state it never leaves. */
export const hasEnded = (run: Pick<Run, 'status'>) => !['queued', 'running'].includes(run.status);

/**
 * How a step came out, or where it stands, in the words that the list and the summary show. A skill is `executed`;
 * maps, children and gates, which execute nothing themselves, are `done`.
 */
export type StepResult = 'waiting' | 'running' | 'executed' | 'done' | 'from cache' | 'failed' | 'skipped';

export function resultOf({
  status,
  cacheHit,
  kind,
}: Pick<RunStep, 'status' | 'cacheHit' | 'kind'>): StepResult {
  if (cacheHit && (status === 'completed' || status === 'skipped')) return 'from cache';
  if (status === 'failed' || status === 'skipped') return status;
  if (status === 'completed') return kind === 'step' ? 'executed' : 'done';
  return status === 'pending' ? 'waiting' : 'running';
}

/** How long a step took, in milliseconds; undefined of one that has not ended, or without a start. */
export function tookMs({ kind, startedAt, completedAt, durationMs }: RunStep): number | undefined {
  if (kind === 'step' || !startedAt || !completedAt) return durationMs;
  return Date.parse(completedAt) - Date.parse(startedAt);
}
