import type { Event, Run } from '@cairn/client';
import type { ApiAccess } from './api-access.js';
import { hasEnded } from './records.js';
import { unbegun, viewOf, withEvent, type RunView } from './run-view.js';

/** Who hears what becomes of a run: each event, with the run before and after it. */
export type RunListener = (
  after: RunView,
  said?: { readonly before: RunView; readonly event: Event },
) => void;

/**
 * Follows a run by its events until it has ended. One whose events are kept from its beginning is shown from there on,
 * any other from how it is recorded.
 *
 * @returns the run as it is recorded then
 * @throws CliError when the API is silent for two minutes, or refuses
 */
export async function followRun(api: ApiAccess, first: Run, heard: RunListener): Promise<Run> {
  let view = viewOf(first);
  heard(view);
  if (hasEnded(first)) return first;
  let after = 0;
  for (;;) {
    for await (const said of api.events(first.id, after)) {
      if (said.kind === 'reset') {
        // What was between is gone; the records know what came of it.
        view = viewOf(await api.run(first.id));
        heard(view);
        continue;
      }
      const { event } = said;
      after = event.position;
      const before = event.type === 'run.created' && event.runid === first.id ? unbegun(view.run) : view;
      view = withEvent(before, event);
      heard(view, { before, event });
    }
    const run = await api.run(first.id);
    if (hasEnded(run)) return run;
  }
}
