import type { Plan } from '@cairn/client';
import { duration, oneLine, padEnd } from './format.js';
import type { Colours, Screen } from './screen.js';
import { fields, table } from './table.js';

type PlannedStep = Plan['steps'][number];
type Verdict = PlannedStep['verdict'];

const WORDS: Record<Verdict, readonly [sign: string, word: string]> = {
  hit: ['≡', 'from cache'],
  hit_if_unchanged: ['≡', 'from cache if unchanged'],
  miss: ['▸', 'executes'],
  miss_if_unchanged: ['▸', 'executes even if unchanged'],
  off: ['–', 'left out'],
  off_if_unchanged: ['–', 'left out if unchanged'],
  waits: ['◦', 'waits'],
  undecided: ['?', 'undecided'],
};
/** So many differences of a step are shown; `cairn explain` and --json have all. */
const MOST_CHANGES = 3;

const COLUMNS = [
  { title: '  step' },
  { title: 'plan' },
  { title: 'expected', align: 'right' },
  { title: 'why', flexible: true },
] as const;

/** Prints what a run would do: a row for each step, the changes that make it execute, then times and workers. */
export function showPlan(plan: Plan, screen: Screen): void {
  const { colours } = screen;
  const { message, workers, expected } = plan;
  screen.line();
  screen.line(`  ${colours.bold(oneLine(message))}`);
  screen.line();
  const [titles = '', ...rows] = table(
    COLUMNS,
    plan.steps.map(step => rowOf(step, colours)),
    screen,
  );
  screen.line(titles);
  rows.forEach((row, index) => {
    screen.line(row);
    for (const line of changesOf(plan.steps[index]!, colours)) screen.line(line);
  });
  screen.line();
  const served = workers.ready ? colours.green('✔') : colours.yellow('!');
  const lines = fields([...timesOf(expected), ['Workers', `${served} ${oneLine(workers.message)}`]], screen);
  for (const line of lines) screen.line(line);
}

function rowOf(step: PlannedStep, colours: Colours): string[] {
  const [sign, word] = WORDS[step.verdict];
  const paint = paintOf(step.verdict, colours);
  return [
    `${paint(sign)} ${step.stepId}`,
    paint(word),
    step.expectedMs === undefined ? '' : duration(step.expectedMs),
    colours.dim(whyOf(step)),
  ];
}

/** The message of a step, without the verdict, which has a column of its own. */
const whyOf = ({ message }: PlannedStep) =>
  oneLine(message).replace(/(^|, )(executes|taken from the cache|left out): /, '$1');

function changesOf({ changes, items = [] }: PlannedStep, colours: Colours): string[] {
  // One alone is the row's reason already.
  const shown =
    changes.length < 2 ? [] : changes.slice(0, MOST_CHANGES).map(({ message }) => oneLine(message));
  if (changes.length > MOST_CHANGES) shown.push(`and ${changes.length - MOST_CHANGES} more`);
  const inside = items.flatMap(({ stepId, examples }) =>
    examples.map(({ message, keys }) => `${padEnd(stepId, 12)} ${keys.join(', ')}: ${oneLine(message)}`),
  );
  return [...shown, ...inside].map(line => `      ${colours.dim(line)}`);
}

function paintOf(verdict: Verdict, colours: Colours): (text: string) => string {
  if (verdict === 'hit' || verdict === 'hit_if_unchanged') return colours.cyan;
  return verdict === 'miss' || verdict === 'miss_if_unchanged' ? colours.yellow : colours.dim;
}

function timesOf({
  surelyMs,
  ifUnchangedMs,
  atMostMs,
  withoutHistory,
}: Plan['expected']): [string, string][] {
  const times = [`${duration(surelyMs)} for what surely executes`];
  if (ifUnchangedMs !== surelyMs) times.push(`${duration(ifUnchangedMs)} if open inputs stay as they were`);
  if (atMostMs !== ifUnchangedMs) times.push(`${duration(atMostMs)} at most`);
  const lines: [string, string][] = atMostMs > 0 ? [['Expected', times.join(', ')]] : [];
  if (withoutHistory.length > 0)
    lines.push(['No history', `${withoutHistory.join(', ')}: their time is not known`]);
  return lines;
}
