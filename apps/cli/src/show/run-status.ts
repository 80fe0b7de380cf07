import type { Run } from '@cairn/client';
import type { Colours } from './screen.js';

const SIGNS: Record<Run['status'], string> = {
  queued: '·',
  running: '●',
  completed: '✔',
  failed: '✖',
  cancelled: '–',
};

/** The state of a run with its sign, in its colour: `✔ completed`. */
export function runStatus(status: Run['status'], colours: Colours): string {
  return paint(status, colours)(`${SIGNS[status]} ${status}`);
}

function paint(status: Run['status'], colours: Colours): (text: string) => string {
  if (status === 'completed') return colours.green;
  if (status === 'failed') return colours.red;
  return status === 'running' ? colours.yellow : colours.dim;
}
