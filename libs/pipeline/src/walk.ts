import { evaluate } from './evaluate.js';
import type { Expr } from './expression.js';
import { dependencies, itemStep, type GraphNode, type MapNode } from './graph.js';
import type { OpenedMap, OpenItem } from './map-protocol.js';
import type { OpenedRun, SettledStep } from './protocol.js';

/** How a node stands, as an operator reads it. */
export type Progress = 'pending' | 'running' | 'waiting' | 'executed' | 'cached' | 'failed' | 'skipped';

/** Ends of nodes, by id. */
type Settled = Readonly<Record<string, SettledStep>>;

/**
 * Where a run, or an item of a map, stands in its nodes. Knows what is ready, and what a node's end means for others;
 * executes nothing.
 */
export class Walk<N extends GraphNode = GraphNode> {
  readonly progress = new Map<string, Progress>();
  firstFailure?: { readonly stepId: string; readonly code: string; readonly message: string };
  private readonly env: Map<string, unknown>;

  /** @param known values by name: what was there before the first node */
  constructor(
    readonly nodes: readonly N[],
    known: Iterable<readonly [string, unknown]>,
    settled: Settled,
  ) {
    this.env = new Map(known);
    for (const { id } of nodes) {
      const end = settled[id];
      if (end) this.settle(id, end);
      else this.progress.set(id, 'pending');
    }
  }

  /** Pending nodes all of whose dependencies have ended well. */
  ready(): readonly N[] {
    return this.nodes.filter(
      node => this.is(node.id, 'pending') && dependencies(node).every(id => this.env.has(id)),
    );
  }

  begin(id: string): void {
    this.progress.set(id, 'running');
  }

  /** The node waits for the execution of the same elsewhere, or for a person; or it ceases to. */
  wait(id: string, waiting: boolean): void {
    this.progress.set(id, waiting ? 'waiting' : 'running');
  }

  /** Whether a ready node is left out by its condition. */
  isOff(node: N): boolean {
    return node.when !== undefined && evaluate(node.when, this.env, { keyed: false }) !== true;
  }

  /** With `keyed`, what the cache key is made of; else what the node is given. */
  input(node: N, options: { keyed: boolean }): unknown {
    return evaluate(node.input, this.env, options);
  }

  /** What an expression is, once all that it refers to has ended. */
  value(expr: Expr): unknown {
    return evaluate(expr, this.env, { keyed: false });
  }

  /** Whether every node has come to its end. */
  get isOver(): boolean {
    return this.nodes.every(({ id }) => !['pending', 'running', 'waiting'].includes(this.progress.get(id)!));
  }

  /** Whether nothing had to be executed. */
  get isCached(): boolean {
    return this.nodes.every(({ id }) => ['cached', 'skipped'].includes(this.progress.get(id)!));
  }

  settle(id: string, settled: SettledStep): void {
    if (settled.kind === 'done') {
      this.env.set(id, settled.output);
      this.progress.set(id, settled.fromCache ? 'cached' : 'executed');
    } else if (settled.kind === 'failed') {
      this.progress.set(id, 'failed');
      this.firstFailure ??= { stepId: id, code: settled.code, message: settled.message };
    } else if (settled.reason === 'condition_false') {
      this.leaveOut(id);
    } else {
      this.progress.set(id, 'skipped');
    }
  }

  /** A node that its condition leaves out: what depends on it goes on, with an absent output. */
  leaveOut(id: string): void {
    this.env.set(id, undefined);
    this.progress.set(id, 'skipped');
  }

  /** The pending nodes of {@link blockedBy} are skipped from now on. */
  block(id: string): void {
    for (const blocked of this.blockedBy(id)) this.progress.set(blocked, 'skipped');
  }

  /** Pending nodes that can never run when this one fails, in the order of the graph. */
  blockedBy(id: string): readonly string[] {
    const blocked = new Set([id]);
    for (const node of this.nodes)
      if (dependencies(node).some(each => blocked.has(each)) && this.is(node.id, 'pending'))
        blocked.add(node.id);
    blocked.delete(id);
    return [...blocked];
  }

  private is(id: string, progress: Progress): boolean {
    return this.progress.get(id) === progress;
  }
}

/** The walk of a run through its graph, from where the run stands. */
export function walkOfRun({ graph, trigger, facts, settled }: OpenedRun): Walk {
  return new Walk(
    graph.steps,
    [
      ['$trigger', trigger],
      ['$run', facts],
    ],
    settled,
  );
}

/** The walk of an item through what its map does for each. */
export function walkOfItem(
  { node, trigger, facts, outer }: OpenedMap,
  { value, settled }: Pick<OpenItem, 'value' | 'settled'>,
): Walk<MapNode['body'][number]> {
  const around = Object.entries(outer).map(
    // What its condition left out is known to be absent.
    ([id, end]) => [id, end.kind === 'done' ? end.output : undefined] as const,
  );
  return new Walk(
    node.body,
    [['$trigger', trigger], ['$run', facts], ...around, [itemStep(node.id), value]],
    settled,
  );
}
