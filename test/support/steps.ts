import type { Run, RunStep } from '@cairn/client';

/** A step of a run. @throws Error when the run has no such step. */
export function stepOf(run: Run, stepId: string): RunStep {
  const step = run.steps.find(other => other.stepId === stepId);
  if (!step) throw new Error(`${run.workflowName} has no step ${stepId}`);
  return step;
}
