import type { Run } from '@cairn/client';
import type { Screen } from '../show/screen.js';
import { stepLines } from '../show/step-lines.js';
import { stepList } from '../show/step-list.js';
import type { ApiAccess } from './api-access.js';

/**
 * Shows a run as it goes until it has ended: a list that is redrawn on a terminal, a line per change elsewhere.
 * @throws CliError when the API is silent for two minutes
 */
export async function watchRun(
  api: ApiAccess,
  first: Run,
  screen: Screen,
  signal: AbortSignal,
): Promise<Run> {
  let current = first;
  let before: Run | undefined;
  screen.show((size, tick) => stepList(current, size, screen.colours, Date.now(), tick));
  try {
    return await api.follow(first.id, run => {
      current = run;
      if (!screen.live) for (const line of stepLines(before, run)) screen.line(`  ${line}`);
      before = run;
    });
  } finally {
    // The summary takes the list's place; an interrupted one stays, to show how far it came.
    screen.end(signal.aborted);
  }
}
