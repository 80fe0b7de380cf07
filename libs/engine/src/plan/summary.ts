import type { http } from '@cairn/dto';
import { leaves, type NodePlan } from './node-plan.js';

/** Verdicts, those first that say most of a whole: one step that executes makes a run that does. */
const BY_WEIGHT = [
  'miss',
  'waits',
  'undecided',
  'miss_if_unchanged',
  'hit_if_unchanged',
  'off_if_unchanged',
  'hit',
  'off',
] as const satisfies readonly http.PlanVerdict[];

const WORDS: Readonly<Record<http.PlanVerdict, string>> = {
  hit: 'from the cache',
  miss: 'to execute',
  off: 'left out',
  hit_if_unchanged: 'from the cache if unchanged',
  miss_if_unchanged: 'to execute even if unchanged',
  off_if_unchanged: 'left out if unchanged',
  waits: 'waiting for approval',
  undecided: 'undecided',
};

export const NO_COUNTS: http.PlanCounts = {
  hit: 0,
  miss: 0,
  off: 0,
  hit_if_unchanged: 0,
  miss_if_unchanged: 0,
  off_if_unchanged: 0,
  waits: 0,
  undecided: 0,
};

/** How often there is which verdict, by executions of skills and what could not be looked into. */
export function countsOf(plans: readonly NodePlan[]): http.PlanCounts {
  const counts = { ...NO_COUNTS };
  for (const { verdict } of leaves(plans)) counts[verdict] += 1;
  return counts;
}

/** Counts in words: `3 to execute, 6 from the cache`. */
export function inWords(counts: http.PlanCounts): string {
  const parts = BY_WEIGHT.filter(verdict => counts[verdict] > 0).map(
    verdict => `${counts[verdict]} ${WORDS[verdict]}`,
  );
  return parts.length > 0 ? parts.join(', ') : 'nothing to do';
}

/** One verdict for all that is inside a node. */
export function summary(plans: readonly NodePlan[], what: string): Pick<NodePlan, 'verdict' | 'message'> {
  const counts = countsOf(plans);
  const verdict = BY_WEIGHT.find(each => counts[each] > 0) ?? 'hit';
  return { verdict, message: `${what}: ${inWords(counts)}` };
}
