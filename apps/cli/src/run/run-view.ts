import type { Event, Run, RunStep } from '@cairn/client';
import type { events } from '@cairn/dto';
import { hasEnded } from './records.js';

/** How far a step says that it is. */
export interface StepProgress {
  /** 0..1. */
  readonly fraction: number;
  readonly message?: string | undefined;
}

/** A run as events show it. */
export interface RunView {
  readonly run: Run;
  /** Of steps that run and say it. */
  readonly progress: ReadonlyMap<string, StepProgress>;
}

/** A run as it is recorded. */
export const viewOf = (run: Run): RunView => ({ run, progress: new Map() });

/** A run as it was when it was recorded: from there on its events say what became of it. */
export function unbegun(run: Run): RunView {
  const { startedAt: _s, completedAt: _c, error: _e, errorCode: _code, output: _o, ...created } = run;
  const steps = run.steps.map(({ id, stepId, kind, skillId, position, inputHash, createdAt, updatedAt }) => ({
    ...{ id, stepId, kind, skillId, position, inputHash, createdAt, updatedAt },
    ...{ status: 'pending' as const, cacheHit: false, attempt: 1, outputArtifactIds: [] },
  }));
  return viewOf({ ...created, status: 'queued', steps });
}

/** An event with the shape of what its type carries. */
type Known = {
  [T in events.EventTypeName]: Omit<Event, 'type' | 'data'> & { type: T; data: events.EventData<T> };
}[events.EventTypeName];
export const knownEvent = (event: Event) => event as unknown as Known;

/**
 * The run after an event. What has ended stays as it is, so events may be told again; those of other runs, of items of
 * maps and of types that are not known change nothing.
 */
export function withEvent(view: RunView, event: Event): RunView {
  if (event.runid !== view.run.id || hasEnded(view.run)) return view;
  return event.stepid === undefined
    ? { ...view, run: changedRun(view.run, knownEvent(event)) }
    : withStep(view, event.stepid, knownEvent(event));
}

function changedRun(run: Run, event: Known): Run {
  switch (event.type) {
    case 'run.started':
      return { ...run, status: 'running', startedAt: run.startedAt ?? event.time };
    case 'run.completed':
      return { ...run, status: 'completed', completedAt: event.time };
    case 'run.failed':
    case 'run.cancelled': {
      const { code, message } = event.data;
      const status = event.type === 'run.failed' ? 'failed' : 'cancelled';
      return { ...run, status, completedAt: event.time, errorCode: code, error: message };
    }
    default:
      return run;
  }
}

function withStep(view: RunView, stepId: string, event: Known): RunView {
  const step = view.run.steps.find(candidate => candidate.stepId === stepId);
  if (!step || !['pending', 'running'].includes(step.status)) return view;
  const now = changedStep(step, event);
  const steps = view.run.steps.map(each => (each === step ? now : each));
  const progress = new Map(view.progress);
  if (event.type === 'step.progress') {
    const { attempt, fraction, message } = event.data;
    if (attempt === step.attempt) progress.set(stepId, { fraction, message });
  } else if (now.status !== 'running' || now.attempt !== step.attempt) progress.delete(stepId);
  return { run: { ...view.run, steps }, progress };
}

function changedStep(step: RunStep, event: Known): RunStep {
  const { time } = event;
  switch (event.type) {
    case 'step.started': {
      const { waitingOn: _waits, ...rest } = step;
      const attempt = Math.max(step.status === 'running' ? step.attempt : 1, event.attempt ?? 1);
      const { childRunId } = event.data;
      const startedAt = step.startedAt ?? time;
      return { ...rest, status: 'running', attempt, startedAt, ...(childRunId && { childRunId }) };
    }
    case 'step.waiting':
      return { ...step, waitingOn: { ...event.data.on } };
    case 'step.completed': {
      const { cacheHit, durationMs } = event.data;
      const took = durationMs === undefined ? {} : { durationMs };
      return { ...ended(step, time), status: 'completed', cacheHit, ...took };
    }
    case 'step.skipped': {
      const { reason } = event.data;
      return { ...ended(step, time), status: 'skipped', reason, cacheHit: reason === 'cache_hit' };
    }
    case 'step.failed': {
      const { code, message } = event.data;
      const attempt = event.attempt ?? step.attempt;
      return { ...ended(step, time), status: 'failed', attempt, errorCode: code, error: message };
    }
    case 'map.progress':
      return { ...step, items: event.data };
    default:
      return step;
  }
}

function ended({ waitingOn: _waits, ...step }: RunStep, completedAt: string): RunStep {
  return { ...step, completedAt };
}
