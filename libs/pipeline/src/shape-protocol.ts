import type { GateNode } from './graph.js';
import type { RunRef, SettledStep } from './protocol.js';

/** A gate of a run. */
export interface GateRef extends RunRef {
  readonly stepId: string;
}

/** A gate whose turn has come. */
export interface GateOpening extends GateRef, Pick<GateNode, 'role' | 'withinMs' | 'otherwise'> {
  /** What the decision is about. */
  readonly shown: unknown;
}

/** A gate that waits: its workflow does so until a wake-up comes or the time is over. */
export interface OpenGate {
  readonly kind: 'open';
  /** Until its deadline. Milliseconds. */
  readonly forMs: number;
}

/** A gate's workflow has been woken, or its time is over. */
export interface GateSettling extends GateRef {
  /** The workflow's own timer says that the deadline has come. */
  readonly expired: boolean;
}

/** A node that is done by a run of its own. */
export interface ChildRef extends RunRef {
  readonly stepId: string;
}

/** A child whose turn has come. */
export interface ChildOpening extends ChildRef {
  readonly workflow: string;
  readonly workflowVersion: string;
  /** As the graph gives it: files are references. */
  readonly trigger: unknown;
}

/** A child that is recorded, and what Temporal is told of it. */
export interface OpenChild {
  readonly kind: 'open';
  readonly childRunId: string;
  readonly temporalWorkflowId: string;
  /** Values by which operators find it. */
  readonly tags: readonly string[];
}

/** Files that the child would be given are missing or wrong: they must be made again first. */
export interface DamagedChild {
  readonly kind: 'damaged';
  readonly digests: readonly string[];
}

/** How a child's workflow has ended; `unknown` when another than its parent has started it. */
export type ChildEnd = 'completed' | 'failed' | 'cancelled' | 'terminated' | 'timed_out' | 'unknown';

/** A child whose workflow has ended, or is looked after. */
export interface ChildEnding extends ChildRef {
  readonly end: ChildEnd;
}

/** The activities by which the interpreter opens and settles gates and children. */
export interface ShapeActivities {
  /** Shows what is to be approved, the first time; a decision of an earlier try on the same is taken over. */
  openGate(gate: GateOpening): Promise<SettledStep | OpenGate>;
  /** Settles a gate that is decided, or whose deadline decides it. */
  settleGate(gate: GateSettling): Promise<SettledStep | OpenGate>;
  /** Checks what the child would be started with, and records it, the first time. */
  openChild(child: ChildOpening): Promise<SettledStep | OpenChild | DamagedChild>;
  /** Settles the node by how its child has ended. A child whose end is not known may be running still. */
  endChild(child: ChildEnding): Promise<SettledStep | { readonly kind: 'running' }>;
}
