import type { EarlierExecutions, StepPlace } from '../explain/earlier-executions.js';

/**
 * How long a step usually takes: the median of the last executions of this step, else of its skill. Milliseconds;
 * undefined where nothing is known.
 */
export async function usualTime(
  executions: EarlierExecutions,
  place: StepPlace,
): Promise<number | undefined> {
  const own = timesOf(await executions.ofStep(place));
  return median(own.length > 0 ? own : timesOf(await executions.of(place.skillId)));
}

const timesOf = (executions: readonly { readonly durationMs: number | null }[]) =>
  executions.flatMap(({ durationMs }) => (durationMs === null ? [] : [durationMs]));

function median(times: readonly number[]): number | undefined {
  const sorted = [...times].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  if (sorted.length % 2 === 1) return sorted[middle];
  return sorted.length === 0 ? undefined : Math.round((sorted[middle - 1]! + sorted[middle]!) / 2);
}
