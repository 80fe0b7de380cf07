import type { Run, RunStep } from '@cairn/client';
import { hasEnded, resultOf, tookMs, type StepResult } from '../run/records.js';
import { progressBar } from './bars.js';
import type { RunView, StepProgress } from '../run/run-view.js';
import { counted, duration, fit, oneLine, padEnd, padStart } from './format.js';
import { percent } from './percent.js';
import type { Colours, Size } from './screen.js';

const SPINNER = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const GLYPHS: Record<StepResult, string> = {
  waiting: '·',
  running: '●',
  executed: '✔',
  done: '✔',
  'from cache': '≡',
  failed: '✖',
  skipped: '–',
};

const BAR = 24;
const SHORT_BAR = 12;

/** The frame of the spinner for a redraw. */
export const spinner = (tick: number) => SPINNER[tick % SPINNER.length] ?? '';

/** The sign of a step's result, one column wide, in its colour; it turns where there is a `tick`. */
export function glyphOf(result: StepResult, colours: Colours, tick?: number): string {
  const glyph = result === 'running' && tick !== undefined ? spinner(tick) : GLYPHS[result];
  return colourOf(result, colours)(glyph);
}

/** How long a step took, or has been running, in milliseconds; undefined before it starts. */
export function elapsedMs(step: RunStep, now: number): number | undefined {
  if (step.status !== 'running') return tookMs(step);
  return step.startedAt ? Math.max(0, now - Date.parse(step.startedAt)) : undefined;
}

/** The live picture of a run: a line per step and one for the whole, within the terminal's size. */
export function stepList(
  { run, progress }: RunView,
  size: Size,
  colours: Colours,
  now: number,
  tick: number,
): string[] {
  const width = Math.max(...run.steps.map(step => step.stepId.length), 4);
  const rows = run.steps.map(step => row(step, progress.get(step.stepId), width, { colours, now, tick }));
  // A blank line, the line for the whole, and the one the cursor is on.
  const room = Math.max(1, size.rows - 3);
  const shown = rows.length <= room ? rows : mostTelling(run.steps, rows, room);
  return ['', ...shown, total(run, colours, now)].map(line => fit(line, size.columns - 1));
}

function row(
  step: RunStep,
  progress: StepProgress | undefined,
  width: number,
  { colours, now, tick }: { colours: Colours; now: number; tick: number },
): string {
  const result = resultOf(step);
  const time = elapsedMs(step, now);
  const id = padEnd(step.stepId, width);
  const cells = [
    `  ${glyphOf(result, colours, tick)} ${result === 'waiting' ? colours.dim(id) : id}`,
    colourOf(result, colours)(padEnd(result, 10)),
    colours.dim(padStart(time === undefined || result === 'from cache' ? '' : duration(time), 11)),
  ];
  const remark = remarkOn(step, progress);
  const bar = barOf(step, progress, colours);
  return cells.join('  ') + (bar && `  ${bar}`) + (remark && `  ${colours.dim(remark)}`);
}

function colourOf(result: StepResult, colours: Colours): (text: string) => string {
  if (result === 'failed') return colours.red;
  if (result === 'from cache') return colours.cyan;
  return result === 'running'
    ? colours.yellow
    : ['executed', 'done'].includes(result)
      ? colours.green
      : colours.dim;
}

/** How far a running step or map is. */
function barOf(step: RunStep, progress: StepProgress | undefined, colours: Colours): string {
  if (step.status !== 'running') return '';
  if (step.items)
    return progressBar(step.items.done + step.items.failed, step.items.total, SHORT_BAR, colours);
  return progress ? progressBar(progress.fraction, 1, SHORT_BAR, colours) : '';
}

function remarkOn(step: RunStep, progress: StepProgress | undefined): string {
  const parts: string[] = [];
  if (progress) parts.push(`${percent(progress.fraction)} ${oneLine(progress.message ?? '')}`.trimEnd());
  if (step.items) parts.push(itemCounts(step.items));
  if (step.attempt > 1 && step.status !== 'skipped') parts.push(`attempt ${step.attempt}`);
  if (step.status === 'skipped' && step.reason && step.reason !== 'cache_hit')
    parts.push(step.reason.replaceAll('_', ' '));
  const wait = waitOf(step);
  if (wait !== undefined) parts.push(wait);
  if (step.error) parts.push(oneLine(`${step.errorCode ?? ''} ${step.error}`));
  return parts.join(', ');
}

/** What an open step waits for, other than for its inputs. */
export function waitOf({ status, waitingOn }: RunStep): string | undefined {
  if (!['pending', 'running'].includes(status) || !waitingOn) return undefined;
  const { kind, gateId, role } = waitingOn;
  if (kind !== 'approval') return 'for another run that does the same';
  return `for the approval of the role ${String(role)}: cairn gates show ${String(gateId)}`;
}

/** How far a map is: `120 of 2000 items, 80 from cache, 2 failed`. */
export function itemCounts({ total, done, cached, failed }: NonNullable<RunStep['items']>): string {
  const ended = done + failed;
  return [
    ended < total ? `${ended} of ${counted(total, 'item')}` : counted(total, 'item'),
    cached > 0 && `${cached} from cache`,
    failed > 0 && `${failed} failed`,
  ]
    .filter(part => part !== false)
    .join(', ');
}

function total(run: Run, colours: Colours, now: number): string {
  const done = run.steps.filter(step => !['pending', 'running'].includes(step.status)).length;
  const end = hasEnded(run) && run.completedAt ? Date.parse(run.completedAt) : now;
  const time = duration(end - Date.parse(run.createdAt));
  const bar = progressBar(done, run.steps.length, BAR, colours);
  return `    ${bar}  ${colours.dim(`${done} of ${run.steps.length} done, ${time}`)}`;
}

/** In a window too low for all: what runs and failed first, then what ended last, in the list's order. */
function mostTelling(steps: readonly RunStep[], rows: readonly string[], room: number): string[] {
  const weight = { running: 0, failed: 1, completed: 2, skipped: 2, pending: 3 };
  const order = steps.map((step, index) => ({ index, weight: weight[step.status] }));
  order.sort((a, b) => a.weight - b.weight || (a.weight === 2 ? b.index - a.index : a.index - b.index));
  const kept = new Set(order.slice(0, room).map(entry => entry.index));
  return rows.filter((_, index) => kept.has(index));
}
