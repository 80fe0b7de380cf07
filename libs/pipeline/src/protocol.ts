import type { RunFacts } from './builder.js';
import type { Graph, StepPolicy } from './graph.js';
import type { MapRef, OpenedMap, TakenItems, TakeItems } from './map-protocol.js';
import type { ScheduleActivities } from './schedule-protocol.js';
import type { ShapeActivities } from './shape-protocol.js';

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

/** What a run asks of the cache. */
export interface RunOptions {
  /** Results claimed before the run was made are not used: those of all steps, or of the named ones. */
  readonly refresh?: true | readonly string[];
  /** The cache is neither read nor written. */
  readonly bypass?: true;
}

/** What holds for all that is done in a run. */
export interface RunSetting {
  readonly workflowName: string;
  readonly facts: RunFacts;
  readonly rootRunId: string;
  readonly options: RunOptions;
  /** What is changed in the inputs of steps, by step id, each a JSON Merge Patch. */
  readonly inputEdits?: Readonly<Record<string, unknown>>;
}

/** A run as it stands when a workflow takes it up, the first time or again. */
export interface OpenedRun extends RunSetting {
  /** True when there is nothing to do: the run was cancelled before it began, or has ended. */
  readonly ended: boolean;
  /** It is not its turn: the run stays `queued`, and its workflow is sent {@link TURN} when it is. */
  readonly waits?: true;
  readonly graph: Graph;
  readonly trigger: unknown;
  /** Steps that were looked up a moment ago, and are not in the cache. */
  readonly misses: readonly string[];
  readonly settled: Readonly<Record<string, SettledStep>>;
}

/** An item of a map. */
export interface ItemName {
  readonly mapStepId: string;
  readonly key: string;
}

/** A step whose inputs are known. */
export interface StepRequest extends RunRef {
  readonly rootRunId: string;
  /** Temporal's id of the run's workflow: whom to wake. */
  readonly workflowId: string;
  readonly workflowName: string;
  readonly stepId: string;
  /** Where it is done for an item of a map. */
  readonly item?: ItemName;
  readonly skillId: string;
  readonly skillVersion: string;
  /** What the key is made of. */
  readonly keyedInput: unknown;
  /** What the skill gets, where that is more: the step has `unkeyed()` fields. */
  readonly fullInput?: unknown;
  readonly policy: StepPolicy;
  /** Results claimed before this instant (ISO 8601) are not used: the run refreshes the step. */
  readonly notBefore?: string;
  /** Attempts that were made before this activity's first. */
  readonly attemptsBefore?: number;
  /** The step has waited for another's execution, whose outcome is its own. */
  readonly waited?: true;
  /** Not to execute the step, which is done, but to make its bytes again. */
  readonly repair?: true;
}

/** The step that executes what another step wants too. */
export interface Holder {
  readonly runId: string;
  readonly stepId: string;
}

/** Another step holds the key: the workflow waits for a {@link WAKE_SIGNAL} or for the end of the lease. */
export interface WaitingStep {
  readonly kind: 'waiting';
  readonly holder: Holder;
  /** Until the holder's lease ends, unless it is renewed. Milliseconds. */
  readonly forMs: number;
  /** Attempts that the step has made so far. */
  readonly attempts: number;
}

/** Sent to a run's workflow, with a step's id, when what that step waits for has ended. */
export const WAKE_SIGNAL = 'wake';

/** In the place of a step's id: it is the run's turn to begin. */
export const TURN = '$turn';

/** What an activity of a skill gives: the step's end, or whom it has to wait for. A repair that is done is `done`. */
export type StepAnswer = SettledStep | WaitingStep;

/** The failure type of an attempt whose input files were missing or wrong. Its details hold one {@link Damage}. */
export type InputDamagedType = 'INPUT_DAMAGED';
export interface Damage {
  /** Of the activity, counted from 1. */
  readonly attempt: number;
  readonly digests: readonly string[];
}

/**
 * The failure type of an attempt that was broken off by no fault of the skill's, as when its worker is stopped.
 * Its details hold one {@link Interruption}.
 */
export type InterruptedType = 'INTERRUPTED';
export interface Interruption {
  /** Of the activity, counted from 1. */
  readonly attempt: number;
  /** Of its attempts so far, those that the skill has failed by itself; the others were lost with their workers. */
  readonly failed: number;
}

/** What an attempt says of itself with its heartbeats. Temporal hands it to the next attempt. */
export interface Beat {
  /** 0 to 1. */
  readonly fraction?: number;
  readonly message?: string;
  /** Of the activity's attempts so far, those that the skill has failed by itself. */
  readonly failed: number;
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

/** Who can make bytes of a run again. */
export interface Producers {
  /** What the steps were asked for that made them, each once. */
  readonly requests: readonly StepRequest[];
  /** Digests that no step of the run has made. */
  readonly lost: readonly string[];
}

export interface RunEnding extends RunRef {
  readonly status: 'completed' | 'failed' | 'cancelled';
  readonly code?: string;
  readonly message?: string;
  readonly output?: unknown;
  /** Steps that the output is made of: all that they gave is verified. */
  readonly delivers?: readonly string[];
}

/** What came of the end of a run: one that would deliver damaged bytes is not ended. */
export type EndAnswer =
  { readonly kind: 'ended' } | { readonly kind: 'damaged'; readonly digests: readonly string[] };

/** The activities by which the interpreter reads and writes the records. */
export interface RecordActivities extends ShapeActivities, ScheduleActivities {
  openRun(run: RunRef): Promise<OpenedRun>;
  /** Asks about each step of a frontier at once; hits are recorded. */
  lookUpFrontier(steps: readonly StepRequest[]): Promise<readonly FrontierAnswer[]>;
  skipByCondition(run: RunRef, stepIds: readonly string[]): Promise<void>;
  /** @returns how the step ended: a result that was recorded before its attempt failed stays. */
  failStep(failure: StepFailure): Promise<SettledStep>;
  /**
   * Which steps of the run have made these bytes.
   * @param workflowId whom to wake when a repair has to wait
   */
  producersOf(run: RunRef, workflowId: string, digests: readonly string[]): Promise<Producers>;
  /** Ends the run; what a completed one delivers is verified first. */
  endRun(ending: RunEnding): Promise<EndAnswer>;

  /** Takes a map up: its list becomes items, unless that has happened. Refuses a list that cannot be mapped over. */
  openMap(map: MapRef): Promise<OpenedMap | { readonly kind: 'ended' }>;
  /**
   * Notes the ends of items, follows the next ones through the cache, and gives those for which something has to be
   * executed.
   */
  takeItems(taking: TakeItems): Promise<TakenItems>;
  /** Ends a map that is walked: all its items have ended, or one has stopped it. Its index is stored. */
  endMap(map: MapRef): Promise<SettledStep>;
}
