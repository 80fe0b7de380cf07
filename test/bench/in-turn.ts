/** What to measure of each side, in one unit; `round` is counted from 0. */
export type Measure = (round: number) => Promise<number>;

export interface Samples {
  readonly ours: readonly number[];
  readonly theirs: readonly number[];
}

/**
 * Measures two sides in turn, so that the machine's moods meet both; who begins changes with each round.
 * Rounds to warm up are made first, and forgotten.
 */
export async function inTurn(
  { rounds, warmUp }: { rounds: number; warmUp: number },
  ours: Measure,
  theirs: Measure,
): Promise<Samples> {
  const samples = { ours: [] as number[], theirs: [] as number[] };
  for (let round = 0; round < warmUp + rounds; round += 1) {
    const sides = [
      { measure: ours, into: samples.ours },
      { measure: theirs, into: samples.theirs },
    ];
    if (round % 2 === 1) sides.reverse();
    for (const { measure, into } of sides) {
      const value = await measure(round);
      if (round >= warmUp) into.push(value);
    }
  }
  return samples;
}

/** Milliseconds that something takes. */
export async function millisecondsOf(work: () => Promise<unknown>): Promise<number> {
  const begun = performance.now();
  await work();
  return performance.now() - begun;
}
