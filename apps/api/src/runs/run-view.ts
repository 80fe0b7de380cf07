import type { MapItemCounts, Run, RunStep } from '@cairn/dao';
import type { http } from '@cairn/dto';

/** Leaves out what is not there: an answer has no nulls where a field is optional. */
export const given = <T extends object>(fields: { [K in keyof T]: T[K] | null | undefined }): Partial<T> =>
  Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== null && value !== undefined),
  ) as Partial<T>;
const instant = (date: Date | null) => date?.toISOString();

/** What it asks of the cache; nothing when it asks for nothing. */
function optionsView({ refresh, bypass }: Run['options']): http.RunOptions | undefined {
  const asked = given({ refresh: typeof refresh === 'object' ? [...refresh] : refresh, bypass });
  return Object.keys(asked).length > 0 ? asked : undefined;
}

const waitsForTurn = ({ status, turnAskedAt, turnGivenAt }: Run) =>
  status === 'queued' && turnAskedAt !== null && turnGivenAt === null;

/** A run as lists show it. */
export function runSummary(run: Run): http.RunSummary {
  return {
    id: run.id,
    workflowName: run.workflowName,
    workflowVersion: run.workflowVersion,
    status: run.status,
    trigger: run.trigger,
    temporalWorkflowId: run.temporalWorkflowId,
    graphDigest: run.graphDigest,
    rootRunId: run.rootRunId,
    createdAt: run.createdAt.toISOString(),
    updatedAt: run.updatedAt.toISOString(),
    ...given({
      options: optionsView(run.options),
      error: run.error,
      errorCode: run.errorCode,
      parentRunId: run.parentRunId,
      retryOfRunId: run.retryOfRunId,
      forkOfRunId: run.forkOfRunId,
      forkFromStepId: run.forkFromStepId,
      inputEdits: Object.keys(run.inputEdits).length > 0 ? run.inputEdits : undefined,
      scheduleId: run.scheduleId,
      scheduledFor: instant(run.scheduledFor),
      waitingSince: waitsForTurn(run) ? instant(run.turnAskedAt) : undefined,
      startedAt: instant(run.startedAt),
      completedAt: instant(run.completedAt),
    }),
  };
}

/**
 * A run with all there is to know of it.
 * @param items how the items of its maps stand, by step
 */
export function runView(
  run: Run,
  steps: readonly RunStep[],
  items: ReadonlyMap<string, MapItemCounts> = new Map(),
): http.Run {
  return {
    ...runSummary(run),
    context: run.context,
    ...given({ output: run.output }),
    steps: steps.map(step => stepView(step, items.get(step.stepId))),
  };
}

function stepView(step: RunStep, items: MapItemCounts | undefined): http.RunStep {
  return {
    id: step.id,
    stepId: step.stepId,
    kind: step.kind,
    skillId: step.skillId,
    position: step.position,
    status: step.status,
    inputHash: step.inputHash,
    cacheHit: step.cacheHit,
    attempt: step.attempt,
    outputArtifactIds: step.outputArtifactIds,
    createdAt: step.createdAt.toISOString(),
    updatedAt: step.updatedAt.toISOString(),
    ...given({
      reason: step.reason,
      waitingOn: step.waitingOn,
      childRunId: step.childRunId,
      items,
      madeByRunId: step.madeByRunId,
      cacheKey: step.cacheKey,
      output: step.output,
      durationMs: step.durationMs,
      error: step.error,
      errorCode: step.errorCode,
      startedAt: instant(step.startedAt),
      completedAt: instant(step.completedAt),
    }),
  };
}
