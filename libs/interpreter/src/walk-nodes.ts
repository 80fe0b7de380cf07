import { CancellationScope } from '@temporalio/workflow';
import type { GraphNode, RunRef, SettledStep, StepNode, StepRequest, Walk } from '@cairn/pipeline/run-time';
import { records } from './activities.js';
import { asFailure } from './failures.js';

/** What one look-up asks about at most, so that it stays short. */
const MOST_ASKED = 100;

/** A run, or an item of a map, that is being walked. */
export interface Walking<N extends GraphNode = GraphNode> {
  readonly run: RunRef;
  readonly walk: Walk<N>;
  /** Steps that need not be looked up, by their ids in the graph: that was done a moment ago. */
  readonly misses: ReadonlySet<string>;
  /** How the records name a node. */
  nameOf(id: string): string;
  requestOf(step: StepNode): StepRequest;
  /** What comes of a node that is ready and, if it is a step, not in the cache. */
  execute(node: N): Promise<SettledStep>;
  /** Told when a node's progress has changed. */
  changed(): void;
}

/** Takes ready nodes until nothing is ready or under way. */
export async function walkNodes<N extends GraphNode>(walking: Walking<N>): Promise<void> {
  const { walk } = walking;
  const active = new Set<Promise<void>>();
  try {
    for (;;) {
      const ready = walk.ready().slice(0, MOST_ASKED);
      if (ready.length > 0) for (const task of await takeFrontier(walking, ready)) track(active, task);
      else if (active.size > 0) await Promise.race(active);
      else return;
      walking.changed();
    }
  } finally {
    // After a cancellation the skills have been told; the walk ends when they have.
    await CancellationScope.nonCancellable(() => Promise.allSettled(active));
  }
}

function track(active: Set<Promise<void>>, task: Promise<void>): void {
  const tracked: Promise<void> = task.finally(() => active.delete(tracked));
  // Awaited in a race; a rejection before that must not count as unhandled.
  tracked.catch(() => undefined);
  active.add(tracked);
}

/** Leaves out, settles or starts the nodes of a frontier; gives the executions that it started. */
async function takeFrontier<N extends GraphNode>(
  walking: Walking<N>,
  ready: readonly N[],
): Promise<readonly Promise<void>[]> {
  const { run, walk, nameOf } = walking;
  const off = ready.filter(node => walk.isOff(node));
  if (off.length > 0) {
    off.forEach(({ id }) => walk.leaveOut(id));
    await records.skipByCondition(
      run,
      off.map(({ id }) => nameOf(id)),
    );
  }
  const on = ready.filter(node => !off.includes(node));
  on.forEach(({ id }) => walk.begin(id));
  const settled = await lookUp(walking, on);
  for (const [id, step] of settled) walk.settle(id, step);
  return on.filter(({ id }) => !settled.has(id)).map(node => execute(walking, node));
}

/** What is known already of steps that were not asked about, by id. */
async function lookUp<N extends GraphNode>(
  { misses, requestOf }: Walking<N>,
  nodes: readonly GraphNode[],
): Promise<ReadonlyMap<string, SettledStep>> {
  const unknown = nodes.flatMap(node => (node.kind === 'step' && !misses.has(node.id) ? [node] : []));
  if (unknown.length === 0) return new Map();
  const answers = await records.lookUpFrontier(unknown.map(step => requestOf(step)));
  return new Map(
    answers.flatMap((answer, index) =>
      answer.kind === 'settled' ? [[unknown[index]!.id, answer.step] as const] : [],
    ),
  );
}

async function execute<N extends GraphNode>(walking: Walking<N>, node: N): Promise<void> {
  const { run, walk, nameOf } = walking;
  const settled = await walking.execute(node).catch(asFailure);
  if (settled.kind !== 'failed') return walk.settle(node.id, settled);
  const { code, message } = settled;
  const blocked = walk.blockedBy(node.id).map(nameOf);
  const recorded = await records.failStep({ ...run, code, message, stepId: nameOf(node.id), blocked });
  // What was recorded before the attempt was given up counts.
  if (recorded.kind === 'done') return walk.settle(node.id, recorded);
  walk.settle(node.id, settled);
  walk.block(node.id);
}
