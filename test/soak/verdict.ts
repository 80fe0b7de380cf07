import type { Measure, Sample } from './sampling.js';

/** How one measure of one part went over the last half of the time. */
export interface Trend {
  readonly part: string;
  readonly measure: Measure;
  readonly median: number;
  /** By the line of least squares: how much it rose over the half. */
  readonly rise: number;
  /** The most that counts as flat; undefined for what is shown only. */
  readonly bound?: number;
  readonly flat: boolean;
}

/**
 * The most that a measure of Cairn's own programs may rise over the last half: memory by a twentieth (of 100 MiB at
 * least, since a collection of garbage sooner or later moves it by megabytes), handles and connections by two.
 */
const BOUNDS: Readonly<Partial<Record<Measure, (median: number) => number>>> = {
  memory: median => Math.max(median, 100) / 20,
  heap: median => Math.max(median, 100) / 20,
  handles: () => 2,
  connections: () => 2,
};

/** The trends of all parts; servers are shown and not judged: their caches fill up to a limit of their own. */
export function trendsOf(samples: readonly Sample[]): readonly Trend[] {
  const series = new Map<string, Sample[]>();
  for (const sample of samples) {
    if (sample.measure === 'runs' || sample.measure === 'open') continue;
    const key = `${sample.measure} ${sample.part}`;
    series.set(key, [...(series.get(key) ?? []), sample]);
  }
  return [...series.values()].map(trendOf);
}

function trendOf(all: readonly Sample[]): Trend {
  const { part, measure, own } = all[0]!;
  const end = all.at(-1)!.seconds;
  const half = all.filter(({ seconds }) => seconds >= end / 2);
  const sorted = half.map(({ value }) => value).sort((a, b) => a - b);
  const median = sorted[Math.floor(sorted.length / 2)] ?? 0;
  const rise = slopeOf(half) * (end / 2);
  const bound = own ? BOUNDS[measure]?.(median) : undefined;
  return { part, measure, median, rise, bound, flat: bound === undefined || rise <= bound };
}

/** Of the line of least squares: value for each second. */
function slopeOf(samples: readonly Sample[]): number {
  const mean = (of: (sample: Sample) => number) =>
    samples.reduce((sum, sample) => sum + of(sample), 0) / samples.length;
  const [x, y] = [mean(({ seconds }) => seconds), mean(({ value }) => value)];
  const spread = mean(({ seconds }) => (seconds - x) ** 2);
  return spread === 0 ? 0 : mean(({ seconds, value }) => (seconds - x) * (value - y)) / spread;
}

/** A table for a reader. */
export function tableOf(trends: readonly Trend[]): string {
  const rows = trends.map(({ part, measure, median, rise, bound, flat }) => [
    measure,
    part,
    median.toFixed(1),
    (rise < 0 ? '' : '+') + rise.toFixed(1),
    bound === undefined ? '' : `≤ ${bound.toFixed(1)}`,
    bound === undefined ? '' : flat ? 'flat' : 'RISES',
  ]);
  const head = ['measure', 'part', 'median', 'rise', 'bound', ''];
  const widths = head.map((name, column) => Math.max(name.length, ...rows.map(row => row[column]!.length)));
  return [head, ...rows]
    .map(row =>
      row
        .map((cell, column) => cell.padEnd(widths[column]!))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
