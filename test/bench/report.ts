import { spreadOf, type Spread } from './spread.js';

/** A figure that was asked for. */
export interface Target {
  readonly figure: string;
  readonly value: number;
  readonly atMost?: number;
  readonly atLeast?: number;
}

export interface Report {
  readonly benchmark: string;
  readonly rounds: number;
  /** Samples by what they are, with their unit in the name. */
  readonly samples: Readonly<Record<string, readonly number[]>>;
  readonly targets: readonly Target[];
}

const rounded = (value: number) => Number(value.toFixed(2));

function roundedSpread({ min, median, p95, max }: Spread): Spread {
  return { min: rounded(min), median: rounded(median), p95: rounded(p95), max: rounded(max) };
}

function isMet({ value, atMost = Infinity, atLeast = -Infinity }: Target): boolean {
  return value <= atMost && value >= atLeast;
}

/** Prints tables for people, and one line of JSON for programs. */
export function print({ benchmark, rounds, samples, targets }: Report): void {
  const spreads = Object.fromEntries(
    Object.entries(samples).map(([name, sample]) => [name, roundedSpread(spreadOf(sample))]),
  );
  const figures = targets.map(target => ({ ...target, value: rounded(target.value), met: isMet(target) }));
  console.log(`\n${benchmark}, ${rounds} rounds`);
  console.table(spreads);
  for (const { figure, value, atMost, atLeast, met } of figures) {
    const wanted = atMost === undefined ? `at least ${atLeast}` : `at most ${atMost}`;
    console.log(`${met ? 'met   ' : 'MISSED'}  ${figure}: ${value} (${wanted})`);
  }
  console.log(JSON.stringify({ benchmark, rounds, samples: spreads, targets: figures }));
}

/** The quotient of each round: what a neighbour on the machine did to one side, it mostly did to the other too. */
export function ratios(ours: readonly number[], theirs: readonly number[]): readonly number[] {
  return ours.map((value, index) => value / theirs[index]!);
}

export function median(sample: readonly number[]): number {
  return spreadOf(sample).median;
}
