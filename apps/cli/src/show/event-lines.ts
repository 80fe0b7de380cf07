import type { Event } from '@cairn/client';
import { knownEvent, type RunView } from '../run/run-view.js';
import { oneLine } from './format.js';
import { logLine } from './log-line.js';
import type { Colours } from './screen.js';
import { percent } from './percent.js';
import { itemCounts } from './step-list.js';

/** What an event has to say that no state of a step shows: what was logged, and what went wrong on the way. */
export function saidLines(event: Event, colours: Colours): string[] {
  const { runid, stepid = '' } = event;
  const known = knownEvent(event);
  switch (known.type) {
    case 'step.log':
      return [`${stepid}: ${logLine(colours, known.data)}`];
    case 'step.log_dropped':
      return [colours.dim(`${stepid}: … ${known.data.lines} more lines, which are not kept`)];
    case 'step.retrying': {
      const { code, message } = known.data;
      const why = oneLine(`${code} ${message}`);
      return [colours.yellow(`${stepid} failed, attempt ${known.attempt}, and is tried again: ${why}`)];
    }
    case 'run.waiting':
      return [`run ${runid} waits for its turn: as many run as may at once`];
    case 'run.cancel_requested':
      return [`asked to stop${known.actor === undefined ? '' : ` by ${oneLine(known.actor)}`}`];
    default:
      return [];
  }
}

/** How far a step or a map is, each time that it has come a quarter further: for logs and pipes. */
export function progressLines(before: RunView, { stepid }: Event, after: RunView): string[] {
  if (stepid === undefined) return [];
  const [was, is] = [before, after].map(view => quarters(view, stepid));
  if (was === undefined || is === undefined || is <= was || is >= 4) return [];
  const items = itemsOf(after, stepid);
  if (items) return [`${stepid}: ${itemCounts(items)}`];
  const { fraction, message = '' } = after.progress.get(stepid)!;
  return [`${stepid}: ${percent(fraction)} ${oneLine(message)}`.trimEnd()];
}

function quarters(view: RunView, stepId: string): number {
  const items = itemsOf(view, stepId);
  const fraction = items
    ? (items.done + items.failed) / Math.max(1, items.total)
    : (view.progress.get(stepId)?.fraction ?? 0);
  return Math.floor(4 * fraction);
}

const itemsOf = (view: RunView, stepId: string) =>
  view.run.steps.find(step => step.stepId === stepId && step.status === 'running')?.items;
