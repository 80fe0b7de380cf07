import { transaction, type DataSource } from '@cairn/dao';
import {
  itemStepId,
  stepRequest,
  type BodyNode,
  type RequestContext,
  type RunRef,
  type StepNode,
  type Walk,
} from '@cairn/pipeline';
import type { Engine } from '../engine.js';
import { findReuses } from './find-reuses.js';
import { recordReuse, type Reuse } from './record-reuse.js';

/** Keys that are asked about at once. */
const MOST_ASKED = 100;

/** Something that is followed through the cache: a run, or an item of a map. */
export interface Followed {
  readonly walk: Walk | Walk<BodyNode>;
  readonly context: RequestContext;
  /** Steps that were asked about, by their ids in the graph. */
  readonly asked: Set<string>;
}

/** When to stop following. */
export interface FollowLimits {
  /** By `performance.now()`. */
  readonly end: number;
  /** Of the outputs that are found, as JSON. */
  readonly mostBytes: number;
}

/** What following has found out; nothing of it is recorded yet. */
export interface Found {
  readonly reuses: readonly Reuse[];
  /** What conditions leave out, as the records name it. */
  readonly off: readonly string[];
}

/**
 * Follows runs or items of one run through the cache as far as hits lead, from one level of their graphs to the next,
 * and moves their walks on. Only results of skills are in the cache: at anything else a walk stops.
 */
export async function followHits(
  engine: Engine,
  all: readonly Followed[],
  { end, mostBytes }: FollowLimits,
): Promise<Found> {
  const reuses: Reuse[] = [];
  const off: string[] = [];
  for (let bytes = 0; bytes < mostBytes && performance.now() < end;) {
    const ready = all
      .flatMap(followed => readyOf(followed).map(node => ({ followed, node })))
      .slice(0, MOST_ASKED);
    if (ready.length === 0) break;
    const steps = new Map<string, { followed: Followed; node: StepNode }>();
    const requests = ready.flatMap(({ followed, node }) => {
      const { walk, context, asked } = followed;
      asked.add(node.id);
      if ((walk as Walk).isOff(node)) {
        walk.leaveOut(node.id);
        off.push(nameOf(context, node.id));
        return [];
      }
      if (node.kind !== 'step') return [];
      const request = stepRequest(context, walk, node);
      steps.set(request.stepId, { followed, node });
      return [request];
    });
    for (const reuse of await findReuses(engine, requests)) {
      const { output } = reuse.result.outputs;
      const { followed, node } = steps.get(reuse.step.request.stepId)!;
      followed.walk.settle(node.id, { kind: 'done', output, fromCache: true });
      reuses.push(reuse);
      bytes += JSON.stringify(output)?.length ?? 0;
    }
  }
  return { reuses, off };
}

function readyOf({ walk, asked }: Followed) {
  return (walk as Walk).ready().filter(({ id }) => !asked.has(id));
}

const nameOf = ({ item }: RequestContext, id: string) =>
  item ? itemStepId(item.mapStepId, item.key, id) : id;

/** Steps that were asked about and are not in the cache. */
export function missesOf({ walk, asked }: Followed): readonly string[] {
  return [...asked].filter(id => walk.progress.get(id) === 'pending');
}

/**
 * Records what was found, all or nothing.
 * @returns false when a collection took bytes a moment ago: nothing is recorded, and the steps are asked about again
 */
export async function recordFound(
  engine: Pick<Engine, 'store' | 'hits' | 'meter'> & { readonly dataSource: DataSource },
  { tenantId, runId }: RunRef,
  { reuses, off }: Found,
): Promise<boolean> {
  return transaction(engine.dataSource, async tx => {
    // All that is touched below, in the one order in which steps are locked.
    const stepIds = reuses.map(({ step }) => step.request.stepId);
    await tx.steps.lockSteps(tenantId, runId, [...off, ...stepIds]);
    if (!(await recordReuse(tx, engine, reuses))) return false;
    await tx.steps.skipSteps(tenantId, runId, off, 'condition_false');
    return true;
  });
}
