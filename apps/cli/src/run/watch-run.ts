import type { Run } from '@cairn/client';
import type { Screen } from '../show/screen.js';
import { progressLines, saidLines } from '../show/event-lines.js';
import { stepLines } from '../show/step-lines.js';
import { stepList } from '../show/step-list.js';
import type { ApiAccess } from './api-access.js';
import { followRun } from './follow-run.js';
import { hasEnded } from './records.js';
import { viewOf } from './run-view.js';

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
  let current = viewOf(first);
  let shown: Run | undefined;
  screen.show((size, tick) => stepList(current, size, screen.colours, Date.now(), tick));
  try {
    return await followRun(api, first, (view, said) => {
      current = view;
      const lines = said ? saidLines(said.event, screen.colours) : [];
      // Before the first event it is not known whether the run can be told from its beginning.
      if (!screen.live && (said || shown || hasEnded(first))) {
        const base = said?.event.type === 'run.created' ? said.before.run : undefined;
        lines.push(...stepLines(shown ?? base, view.run));
        if (said) lines.push(...progressLines(said.before, said.event, view));
        shown = view.run;
      }
      for (const line of lines) screen.line(`  ${line}`);
    });
  } finally {
    // The summary takes the list's place; an interrupted one stays, to show how far it came.
    screen.end(signal.aborted);
  }
}
