import { pathToFileURL } from 'node:url';
import type { Built } from '../run/build.js';
import { duration, oneLine } from './format.js';
import type { Screen } from './screen.js';
import { countResults, failureLines, runMs, summaryTable } from './summary.js';

/** Where a person finds things; what does not answer any more is left out. */
export interface Places {
  readonly home: string;
  readonly workerLog: string;
  /** The unpacked campaign over http, while this or another start serves it. */
  readonly play?: string;
  readonly api?: string;
  /** The run in Temporal's UI. */
  readonly temporalUi?: string;
}

/** Prints how a run came out: the table, what failed and why, and where everything is. */
export function report(built: Built, places: Places, screen: Screen): void {
  const { run, artifacts } = built;
  const { colours } = screen;
  const completed = run.status === 'completed';
  const asked = run.trigger.campaign_id;
  const subject = typeof asked === 'string' ? asked : run.workflowName;
  const verdict = completed ? colours.green('is ready') : colours.red(run.status);
  screen.line();
  screen.line(
    `  ${colours.bold(oneLine(subject))} ${verdict}: ${countResults(run)}, ${duration(runMs(run))}`,
  );
  screen.line();
  for (const line of summaryTable(run, artifacts, colours, screen.live ? screen.size.columns : 0))
    screen.line(line);
  if (!completed) {
    screen.line();
    for (const line of failureLines(run, advice(places.workerLog), screen.size.columns, colours))
      screen.line(line);
  }
  screen.line();
  for (const [name, place] of whereabouts(built, places)) {
    screen.line(`  ${colours.dim(name.padEnd(14))}${colours.cyan(place)}`);
  }
}

function whereabouts({ run, artifacts, campaign }: Built, places: Places): [string, string][] {
  const { api } = places;
  const rows: [string, string | undefined][] = [
    ['Play it', campaign && (places.play ?? pathToFileURL(`${campaign.folder}/index.html`).href)],
    ['Files', campaign?.folder],
    ...(campaign
      ? []
      : artifacts.map((one): [string, string | undefined] => [one.stepId ?? one.type, content(api, one.id)])),
    ['API', api && `${api}/docs`],
    ['This run', api && `${api}/v1/runs/${run.id}`],
    ['Temporal UI', places.temporalUi],
    ['State, logs', places.home],
  ];
  return rows.filter((row): row is [string, string] => row[1] !== undefined);
}

const content = (api: string | undefined, id: string) => api && `${api}/v1/artifacts/${id}/content`;

const advice = (workerLog: string) => (code: string) => {
  if (code === 'VALIDATION_ERROR') return 'Mend what the message names and start again.';
  if (code === 'CANCELLED') return 'It was cancelled; start again to go on: what completed is not repeated.';
  return `${workerLog} tells more. Start again to go on: what completed is not repeated.`;
};
