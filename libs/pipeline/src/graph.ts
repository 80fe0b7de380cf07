import { references, unkeyedReferences, type Expr } from './expression.js';

/** How a step is run; resolved from the skill and the step's own options when the workflow is defined. */
export interface StepPolicy {
  readonly attempts: number;
  /** Before the second attempt. */
  readonly backoffMs: number;
  /** Of each further wait to the one before. Like the rest of its kind, absent in graphs of earlier builds. */
  readonly factor?: number;
  /** The longest wait. */
  readonly maxBackoffMs?: number;
  /** Codes of errors after which there is no other attempt. */
  readonly nonRetryable?: readonly string[];
  /** Of one attempt. */
  readonly timeoutMs: number;
  /** How long a worker may be silent before it is taken for dead. */
  readonly heartbeatMs?: number;
  /** Task queue, where it is not the worker's default one. */
  readonly queue?: string;
  readonly cache: 'global' | 'run_only' | 'never';
  /** How long an entry stays reusable; absent for ever. */
  readonly ttlMs?: number;
}

/** What holds where neither skill nor step says anything, and for graphs of builds that could not say it. */
export const POLICY_DEFAULTS = {
  attempts: 3,
  backoffMs: 1_000,
  factor: 2,
  maxBackoffMs: 60_000,
  nonRetryable: [],
  timeoutMs: 600_000,
  heartbeatMs: 10_000,
} as const satisfies Partial<StepPolicy>;

/** A step of a graph. `kind` leaves room for maps, children and gates. */
export interface StepNode {
  readonly kind: 'step';
  readonly id: string;
  readonly skill: string;
  readonly skillVersion: string;
  readonly input: Expr;
  readonly when?: Expr;
  /** Steps to wait for though nothing of them is read. */
  readonly after?: readonly string[];
  readonly policy: StepPolicy;
}

/** What a workflow is once its function has run: pure JSON, stored by digest and pinned to each run. */
export interface Graph {
  readonly format: 'cairn-graph/1';
  readonly name: string;
  readonly version: string;
  readonly steps: readonly StepNode[];
  readonly output: Expr;
  /** Values by which operators find a run in Temporal, by name. */
  readonly search: Readonly<Record<string, Expr>>;
}

/** The steps that a step waits for, each once, in order of appearance. */
export function dependencies(node: StepNode): readonly string[] {
  const read = [...references(node.input), ...(node.when ? references(node.when) : [])].map(ref => ref.step);
  return [...new Set([...read, ...(node.after ?? [])])].filter(step => !step.startsWith('$'));
}

/** The fields that reach a step but stay out of its key, as `step.path`. */
export function unkeyedFields(node: StepNode): readonly string[] {
  return unkeyedReferences(node.input).map(ref => [ref.step, ...ref.path].join('.'));
}
