import type { Run } from '@cairn/client';
import { apiKeyOf } from '../api/find-api.js';
import { EXIT } from '../errors.js';
import { ApiAccess } from '../run/api-access.js';
import { hasEnded } from '../run/records.js';
import { watchRun } from '../run/watch-run.js';
import type { Shell } from '../shell.js';
import { showRun } from '../show/run-report.js';
import type { JsonOptions } from './options.js';

/**
 * Shows a run until it has ended, and how it came out; for programs a line of JSON for each of its events.
 * @param url of the API
 * @returns the exit code: 0 only if the run completed
 */
export async function follow(url: string, first: Run, { json }: JsonOptions, shell: Shell): Promise<number> {
  const { screen, controller } = shell;
  const { signal } = controller;
  shell.farewell = () => `The run goes on; to see it again: cairn runs watch ${first.id}`;
  const api = new ApiAccess(url, signal, apiKeyOf(shell.env));
  const run = json ? await tellEvents(api, first, shell) : await watchRun(api, first, screen, signal);
  if (!json) showRun(run, await api.artifacts(run.id), screen);
  return run.status === 'completed' ? EXIT.completed : EXIT.failed;
}

/** Each event of the run, as it is in the log; `{"reset": …}` where events are no longer kept. */
async function tellEvents(api: ApiAccess, { id }: Run, shell: Shell): Promise<Run> {
  let after = 0;
  for (;;) {
    for await (const said of api.events(id, after)) {
      if (said.kind === 'event') after = said.event.position;
      shell.json(said.kind === 'event' ? said.event : { reset: said.reset }, 'line');
    }
    const run = await api.run(id);
    if (hasEnded(run)) return run;
  }
}
