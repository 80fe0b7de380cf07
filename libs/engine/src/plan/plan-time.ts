import type { http } from '@cairn/dto';
import { dependencies } from '@cairn/pipeline';
import { leaves, type NodePlan } from './node-plan.js';

/** Which verdicts count as an execution. */
const SURELY: readonly http.PlanVerdict[] = ['miss'];
const IF_UNCHANGED: readonly http.PlanVerdict[] = [...SURELY, 'miss_if_unchanged', 'undecided'];
const AT_MOST: readonly http.PlanVerdict[] = [...IF_UNCHANGED, 'hit_if_unchanged', 'off_if_unchanged'];

/** How long a run would take, as its steps usually do: the longest way through its graph. */
export function expectedTime(plans: readonly NodePlan[]): http.Plan['expected'] {
  const unknown = leaves(plans).filter(
    ({ verdict, expectedMs }) => AT_MOST.includes(verdict) && expectedMs === undefined,
  );
  return {
    surelyMs: longest(plans, SURELY),
    ifUnchangedMs: longest(plans, IF_UNCHANGED),
    atMostMs: longest(plans, AT_MOST),
    // Items of a map are told together: `build[].render`.
    withoutHistory: [...new Set(unknown.map(({ name }) => name.replace(/\[[^\]]*\]/g, '[]')))],
  };
}

function longest(plans: readonly NodePlan[], executes: readonly http.PlanVerdict[]): number {
  const ends = new Map<string, number>();
  for (const plan of plans) {
    const begin = Math.max(0, ...dependencies(plan.node).map(id => ends.get(id) ?? 0));
    ends.set(plan.node.id, begin + timeOf(plan, executes));
  }
  return Math.max(0, ...ends.values());
}

function timeOf(plan: NodePlan, executes: readonly http.PlanVerdict[]): number {
  if (plan.inner) return longest(plan.inner, executes);
  if (plan.items && plan.node.kind === 'map') {
    const times = plan.items.map(({ nodes }) => longest(nodes, executes));
    const together = times.reduce((sum, time) => sum + time, 0);
    return Math.round(Math.max(0, ...times, together / plan.node.parallel));
  }
  return executes.includes(plan.verdict) ? (plan.expectedMs ?? 0) : 0;
}
