import type { GraphNode, RunRef, StepNode, StepRequest } from '@cairn/pipeline/run-time';
import type { Pace } from './pace.js';
import type { Repairs } from './repairs.js';
import type { Slots } from './slots.js';
import type { Wakes } from './wakes.js';

/** What the execution of a node stands on. */
export interface Surroundings {
  readonly run: RunRef;
  readonly taskQueue: string;
  readonly wakes: Wakes;
  readonly repairs: Repairs;
  /** Of skills under way at once. */
  readonly slots: Slots;
  readonly pace: Pace;
  /** Told when a node begins and ceases to wait for another's execution or for a person, by its id in the graph. */
  waits(id: string, waiting: boolean): void;
  requestOf(step: StepNode): StepRequest;
  /** How the records name a node. */
  nameOf(id: string): string;
  /** What a ready node is given. */
  input(node: GraphNode): unknown;
}
