import type { Run, RunStep } from '@cairn/client';
import type { Colours } from './screen.js';

const LINE = '━';

/** How much of the whole is done, `width` columns wide. */
export function progressBar(done: number, all: number, width: number, colours: Colours): string {
  const full = all === 0 ? width : Math.round((done / all) * width);
  return colours.green(LINE.repeat(full)) + colours.dim(LINE.repeat(width - full));
}

/**
 * When a step ran within its run, as a line in a field of `width` columns; what ran beside it is seen at a glance.
 * Empty for a step that did not execute.
 */
export function timeBar(step: RunStep, run: Run, width: number): string {
  const executed = step.status === 'failed' || (step.status === 'completed' && !step.cacheHit);
  if (width < 1 || !executed || !step.startedAt || !step.completedAt || !run.completedAt) return '';
  const begin = Date.parse(run.createdAt);
  const span = Math.max(1, Date.parse(run.completedAt) - begin);
  const column = (time: string) => Math.round(((Date.parse(time) - begin) / span) * width);
  const from = Math.min(width - 1, Math.max(0, column(step.startedAt)));
  const to = Math.min(width, Math.max(from + 1, column(step.completedAt)));
  return ' '.repeat(from) + LINE.repeat(to - from);
}
