import { isTerminalStepStatus, type RunStep } from '@cairn/dao';
import type { http } from '@cairn/dto';
import { dependencies, itemStepId } from '@cairn/pipeline';
import type { ExplainedStep } from './explained-step.js';

/** What a step waits for that has not begun, or by what it was stopped. */
export function waitsFor(explained: ExplainedStep): http.AwaitedThing[] {
  const { step } = explained;
  if (step.waitingOn) return [awaited(step.waitingOn)];
  if (step.status === 'pending')
    return upstream(explained)
      .filter(({ status }) => !isTerminalStepStatus(status))
      .map(({ stepId, status }) => ({ kind: 'step', stepId, message: `${stepId} is ${status}` }));
  if (step.reason === 'blocked')
    return stoppers(explained).map(({ stepId, error }) => ({
      kind: 'step',
      stepId,
      message: `${stepId} failed: ${error ?? 'for an unknown reason'}`,
    }));
  return [];
}

/** What a row's `waitingOn` says: another's execution of the same, or somebody's approval. */
function awaited({
  kind,
  runId,
  stepId,
  role,
  deadlineAt,
}: Readonly<Record<string, unknown>>): http.AwaitedThing {
  if (kind === 'approval')
    return {
      kind: 'gate',
      message: `somebody of the role ${String(role)} decides, until ${String(deadlineAt)}`,
    };
  return {
    kind: 'holder',
    ...(typeof runId === 'string' && { runId }),
    ...(typeof stepId === 'string' && { stepId }),
    message: `step ${String(stepId)} of run ${String(runId)} executes the same; its result is taken`,
  };
}

/** The steps that a step depends on, as its run has them. */
function upstream({ step, steps, node }: ExplainedStep): readonly RunStep[] {
  const ids = new Set(node ? dependencies(node) : []);
  const { mapStepId, itemKey } = step;
  const isOne = (other: RunStep) =>
    ids.has(other.stepId) ||
    (mapStepId !== null &&
      itemKey !== null &&
      [...ids].some(id => other.stepId === itemStepId(mapStepId, itemKey, id)));
  return steps.filter(isOne);
}

/** The failed steps before a blocked one: its own dependencies, else whatever failed in the run. */
function stoppers(explained: ExplainedStep): readonly RunStep[] {
  const near = upstream(explained).filter(({ status }) => status === 'failed');
  return near.length > 0 ? near : explained.steps.filter(({ status }) => status === 'failed');
}
