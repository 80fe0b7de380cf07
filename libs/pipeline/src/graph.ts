import { references, unkeyedReferences, type Expr, type RefExpr } from './expression.js';

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

/** What all nodes of a graph have. */
interface NodeBase {
  readonly id: string;
  /** What it is given: a skill's input, a child's trigger, a map's list, what a gate shows. */
  readonly input: Expr;
  readonly when?: Expr;
  /** Nodes to wait for though nothing of them is read. */
  readonly after?: readonly string[];
}

/** The execution of a skill. */
export interface StepNode extends NodeBase {
  readonly kind: 'step';
  readonly skill: string;
  readonly skillVersion: string;
  readonly policy: StepPolicy;
}

/** A run of another workflow, whose output is this node's. */
export interface ChildNode extends NodeBase {
  readonly kind: 'child';
  readonly workflow: string;
  readonly workflowVersion: string;
}

/** Waits until somebody approves or rejects what it shows. */
export interface GateNode extends NodeBase {
  readonly kind: 'gate';
  /** Who may decide. */
  readonly role: string;
  /** For how long it waits. Milliseconds. */
  readonly withinMs: number;
  /** What its deadline decides. */
  readonly otherwise: 'approve' | 'reject';
}

/** What is done for one item of a map. */
export type BodyNode = StepNode | ChildNode;

/** The same for each item of a list. In its expressions {@link itemStep} stands for the item. */
export interface MapNode extends NodeBase {
  readonly kind: 'map';
  /** An item's name. */
  readonly key: Expr;
  /** Items under way at once. */
  readonly parallel: number;
  /** What an item's failure means: `stop` fails the map, `collect` lists it. */
  readonly failures: 'stop' | 'collect';
  readonly body: readonly BodyNode[];
  /** What comes of an item. */
  readonly result: Expr;
}

export type GraphNode = StepNode | ChildNode | GateNode | MapNode;

/** The pseudo-step that holds the item of a map. */
export const itemStep = (mapId: string): string => `${mapId}[]`;

/** What is done for an item, as records and operators name it: `build[blue-de].render`. */
export const itemStepId = (mapId: string, key: string, bodyId: string): string =>
  `${mapId}[${key}].${bodyId}`;

/** An item's name is of this form: it is part of names of steps. */
export const ITEM_KEY = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/;

/** What a map takes at most. Items. */
export const MOST_ITEMS = 10_000;
/** What a map has under way at once at most: Temporal gets into trouble with thousands of pending activities. */
export const MOST_PARALLEL = 200;

/** What a workflow is once its function has run: pure JSON, stored by digest and pinned to each run. */
export interface Graph {
  readonly format: 'cairn-graph/1';
  readonly name: string;
  readonly version: string;
  readonly steps: readonly GraphNode[];
  readonly output: Expr;
  /** Values by which operators find a run in Temporal, by name. */
  readonly search: Readonly<Record<string, Expr>>;
}

/** The nodes that a node waits for, each once, in order of appearance; those inside a map are not among them. */
export function dependencies(node: GraphNode): readonly string[] {
  const own = new Set<string>(
    node.kind === 'map' ? [itemStep(node.id), ...node.body.map(({ id }) => id)] : [],
  );
  const read = expressionsOf(node)
    .flatMap(references)
    .map(ref => ref.step);
  const inside = node.kind === 'map' ? node.body.flatMap(each => each.after ?? []) : [];
  return [...new Set([...read, ...inside, ...(node.after ?? [])])].filter(
    step => !step.startsWith('$') && !own.has(step),
  );
}

function expressionsOf(node: GraphNode): readonly Expr[] {
  const outer = [node.input, ...(node.when ? [node.when] : [])];
  return node.kind === 'map' ? [...outer, node.key, ...node.body.flatMap(expressionsOf), node.result] : outer;
}

/** The nodes of a graph, those inside maps after their map. */
export function allNodes({ steps }: Pick<Graph, 'steps'>): readonly GraphNode[] {
  return steps.flatMap((node): readonly GraphNode[] => (node.kind === 'map' ? [node, ...node.body] : [node]));
}

/** The executions of skills in a graph, those inside maps too. */
export function skillSteps(graph: Pick<Graph, 'steps'>): readonly StepNode[] {
  return allNodes(graph).filter((node): node is StepNode => node.kind === 'step');
}

/** Every reference in a graph, also inside maps and in its output. */
export function allReferences({ steps, output }: Pick<Graph, 'steps' | 'output'>): readonly RefExpr[] {
  return [...steps.flatMap(expressionsOf), output].flatMap(references);
}

/** The nodes that a graph's output is made of, in its order. */
export function delivers({ steps, output }: Pick<Graph, 'steps' | 'output'>): readonly string[] {
  const named = new Set(references(output).map(({ step }) => step));
  return steps.map(({ id }) => id).filter(id => named.has(id));
}

/** The fields that reach a node but stay out of its key, as `step.path`. */
export function unkeyedFields(node: GraphNode): readonly string[] {
  return unkeyedReferences(node.input).map(ref => [ref.step, ...ref.path].join('.'));
}
