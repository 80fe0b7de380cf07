import type { Measure, Sample } from './sampling.js';

const WIDTH = 960;
const PANEL = 190;
const LEFT = 64;
const RIGHT = 150;
const TOP = 44;
const GAP = 46;
const COLOURS = ['#1f6feb', '#c2410c', '#15803d', '#7e22ce', '#b45309', '#0e7490', '#be123c', '#4d7c0f'];

interface Panel {
  readonly title: string;
  readonly shows: (sample: Sample) => boolean;
  /** Of a line; the part unless told. */
  readonly name?: (sample: Sample) => string;
}

const measured =
  (own: boolean | undefined, ...measures: readonly Measure[]) =>
  (sample: Sample): boolean =>
    measures.includes(sample.measure) && (own === undefined || sample.own === own);

const PANELS: readonly Panel[] = [
  { title: "Memory of Cairn's programs (resident, MiB)", shows: measured(true, 'memory') },
  { title: "Heap of Cairn's programs (main thread, in use, MiB)", shows: measured(true, 'heap') },
  { title: "Open files and sockets of Cairn's programs", shows: measured(true, 'handles') },
  { title: 'Connections to PostgreSQL', shows: measured(undefined, 'connections') },
  { title: 'Memory of the servers (MiB)', shows: measured(false, 'memory') },
  {
    title: 'Runs that have ended, and that are open',
    shows: measured(false, 'runs', 'open'),
    name: ({ measure }) => (measure === 'runs' ? 'ended' : 'open'),
  },
];

/** All measures over time, one panel below the other, as an SVG. */
export function plotOf(samples: readonly Sample[], title: string): string {
  const seconds = Math.max(1, ...samples.map(sample => sample.seconds));
  const panels = PANELS.map((panel, index) =>
    draw(panel, samples.filter(panel.shows), seconds, TOP + index * (PANEL + GAP)),
  );
  const height = TOP + PANELS.length * (PANEL + GAP);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" font-family="sans-serif" font-size="12">`,
    `<rect width="${WIDTH}" height="${height}" fill="#fff"/>`,
    `<text x="${LEFT}" y="22" font-size="16" font-weight="bold">${title}</text>`,
    ...panels,
    '</svg>\n',
  ].join('\n');
}

function draw(panel: Panel, samples: readonly Sample[], seconds: number, top: number): string {
  const { title, name = ({ part }: Sample) => part } = panel;
  const highest = niceAbove(Math.max(1, ...samples.map(({ value }) => value)));
  const right = WIDTH - RIGHT;
  const x = (at: number) => (LEFT + (at / seconds) * (right - LEFT)).toFixed(1);
  const y = (value: number) => (top + PANEL - (value / highest) * (PANEL - 22)).toFixed(1);
  const lines = new Map<string, Sample[]>();
  for (const sample of samples) lines.set(name(sample), [...(lines.get(name(sample)) ?? []), sample]);
  const parts = [`<text x="${LEFT}" y="${top + 8}" font-weight="bold">${title}</text>`];
  for (const share of [0, 0.5, 1]) {
    const at = y(share * highest);
    parts.push(`<line x1="${LEFT}" x2="${right}" y1="${at}" y2="${at}" stroke="#ddd"/>`);
    parts.push(
      `<text x="${LEFT - 8}" y="${at}" dy="4" text-anchor="end" fill="#555">${share * highest}</text>`,
    );
  }
  for (const share of [0, 0.25, 0.5, 0.75, 1]) {
    const minutes = ((share * seconds) / 60).toFixed(seconds < 600 ? 1 : 0);
    parts.push(
      `<text x="${x(share * seconds)}" y="${top + PANEL + 16}" text-anchor="middle" fill="#555">${minutes} min</text>`,
    );
  }
  [...lines].forEach(([label, points], index) => {
    const colour = COLOURS[index % COLOURS.length]!;
    const path = points.map(({ seconds: at, value }) => `${x(at)},${y(value)}`).join(' ');
    parts.push(`<polyline points="${path}" fill="none" stroke="${colour}" stroke-width="1.5"/>`);
    const last = points.at(-1)!.value;
    const row = top + 28 + index * 18;
    parts.push(`<rect x="${right + 12}" y="${row - 8}" width="10" height="10" fill="${colour}"/>`);
    parts.push(`<text x="${right + 28}" y="${row + 1}">${label}: ${last}</text>`);
  });
  return parts.join('\n');
}

/** The next number above that is 1, 2, 4 or 6 times a power of ten. */
function niceAbove(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 4, 6, 10].map(step => step * power).find(step => step >= value)!;
}
