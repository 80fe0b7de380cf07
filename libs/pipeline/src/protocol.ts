import type { RunFacts } from './define-workflow.js';
import type { Graph, StepPolicy } from './graph.js';

/** What the interpreter and the activities say to each other. References and small JSON only. */
export interface RunRef {
  readonly runId: string;
  readonly tenantId: string;
}

/** A step that has come to its end, with what later steps may read. */
export type SettledStep =
  | { readonly kind: 'done'; readonly output: unknown; readonly fromCache: boolean }
  | { readonly kind: 'failed'; readonly code: string; readonly message: string }
  | { readonly kind: 'skipped'; readonly reason: 'condition_false' | 'blocked' | 'cancelled' };

/** A run as it stands when a workflow takes it up, the first time or again. */
export interface OpenedRun {
  /** True when there is nothing to do: the run was cancelled before it began, or has ended. */
  readonly ended: boolean;
  readonly graph: Graph;
  readonly trigger: unknown;
  readonly facts: RunFacts;
  readonly rootRunId: string;
  readonly settled: Readonly<Record<string, SettledStep>>;
}

/** A step whose inputs are known. */
export interface StepRequest extends RunRef {
  readonly rootRunId: string;
  readonly workflowName: string;
  readonly stepId: string;
  readonly skillId: string;
  readonly skillVersion: string;
  /** What the key is made of. */
  readonly keyedInput: unknown;
  /** What the skill gets, where that is more: the step has `unkeyed()` fields. */
  readonly fullInput?: unknown;
  readonly policy: StepPolicy;
  /** Attempts that were made before this activity's first. */
  readonly attemptsBefore?: number;
}

/**
 * The failure type of an attempt that was broken off by no fault of the skill's, as when its worker is stopped.
 * Its details hold one {@link Interruption}.
 */
export type InterruptedType = 'INTERRUPTED';
export interface Interruption {
  /** Of the activity, counted from 1; those before it failed by the skill's own fault. */
  readonly attempt: number;
}

/** The answer for one step of a frontier. */
export type FrontierAnswer =
  { readonly kind: 'miss' } | { readonly kind: 'settled'; readonly step: SettledStep };

export interface StepFailure extends RunRef {
  readonly stepId: string;
  readonly code: string;
  readonly message: string;
  /** Steps that can never run because of it. */
  readonly blocked: readonly string[];
}

export interface RunEnding extends RunRef {
  readonly status: 'completed' | 'failed' | 'cancelled';
  readonly code?: string;
  readonly message?: string;
  readonly output?: unknown;
}

/** The activities by which the interpreter reads and writes the records. */
export interface RecordActivities {
  openRun(run: RunRef): Promise<OpenedRun>;
  /** Asks about each step of a frontier at once; hits are recorded. */
  lookUpFrontier(steps: readonly StepRequest[]): Promise<readonly FrontierAnswer[]>;
  skipByCondition(run: RunRef, stepIds: readonly string[]): Promise<void>;
  /** @returns how the step ended: a result that was recorded before its attempt failed stays. */
  failStep(failure: StepFailure): Promise<SettledStep>;
  endRun(ending: RunEnding): Promise<void>;
}
