import { events } from '@cairn/dto';
import type { RunStep } from '../entities/run-step.entity.js';
import type { StepReason } from '../entities/status.js';
import type { NewEvent } from './new-event.js';
import { message } from './sql.js';

/** A step as its row is after a change of its state. */
export type ChangedStep = Pick<RunStep, 'stepId' | 'skillId' | 'attempt' | 'mapStepId'>;

/** An artifact as an event names it. */
export interface NamedArtifact {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly contentHash: string;
}

/** What a step gave, or is given. */
export interface Given {
  readonly outputArtifactIds: readonly string[];
  /** What these are; an event names the first of them. */
  readonly artifacts?: readonly NamedArtifact[];
  readonly madeByRunId?: string | null;
}

/** Whose steps they are. */
export interface OfRun {
  readonly tenantId: string;
  readonly runId: string;
}

/** There may be ten thousands of them: what ends well is counted by the progress of their map. */
const isOfItem = (step: ChangedStep) => step.mapStepId !== null;

const at = ({ tenantId, runId }: OfRun, { stepId }: ChangedStep) => ({ tenantId, runId, stepId });

/** `pending → running`, and `running → running` for another attempt. */
export function stepStarted(run: OfRun, step: ChangedStep & { childRunId?: string | null }): NewEvent[] {
  if (isOfItem(step)) return [];
  const { skillId, attempt, childRunId } = step;
  const data = { skillId, ...(childRunId && { childRunId }) };
  return [{ ...at(run, step), type: 'step.started', attempt, data }];
}

/** Still `pending` or `running`. */
export function stepWaiting(
  run: OfRun,
  step: ChangedStep,
  on: events.EventData<'step.waiting'>['on'],
): NewEvent[] {
  return isOfItem(step) ? [] : [{ ...at(run, step), type: 'step.waiting', data: { on } }];
}

/** `running → completed`. */
export function stepCompleted(
  run: OfRun,
  step: ChangedStep,
  { cacheHit, durationMs, ...given }: Given & { cacheHit: boolean; durationMs: number | null },
): NewEvent[] {
  if (isOfItem(step)) return [];
  const took = durationMs === null ? {} : { durationMs: Math.round(durationMs) };
  const data = { skillId: step.skillId, cacheHit, ...took, ...shown(given) };
  return [{ ...at(run, step), type: 'step.completed', attempt: step.attempt, data }];
}

/** `pending → skipped`. */
export function stepSkipped(
  run: OfRun,
  step: ChangedStep,
  reason: StepReason,
  given: Given = { outputArtifactIds: [] },
): NewEvent[] {
  if (isOfItem(step)) return [];
  const data = { skillId: step.skillId, reason, ...shown(given) };
  return [{ ...at(run, step), type: 'step.skipped', data }];
}

/** `running → failed`. */
export function stepFailed(
  run: OfRun,
  step: ChangedStep & { error: string; errorCode: string | null; durationMs: number },
): NewEvent[] {
  const { skillId, attempt, error, errorCode, durationMs } = step;
  const data = { skillId, ...failure({ error, errorCode }), durationMs };
  return [{ ...at(run, step), type: 'step.failed', attempt, data }];
}

/** Why something failed, as events say it. */
export function failure({ error, errorCode }: { error: string | null; errorCode: string | null }) {
  return { code: errorCode ?? 'UNKNOWN', message: message((error ?? '').slice(0, events.MOST_MESSAGE)) };
}

function shown({ outputArtifactIds, artifacts = [], madeByRunId }: Given) {
  return {
    ...(madeByRunId && { madeByRunId }),
    artifactCount: outputArtifactIds.length,
    artifacts: artifacts
      .slice(0, events.MOST_ARTIFACTS)
      .map(({ id, name, type, contentHash }) => ({ id, name, type, digest: contentHash })),
  };
}
