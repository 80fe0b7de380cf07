import type { RunQuery, RunSummary } from '@cairn/client';
import type { Command } from 'commander';
import { openApi } from '../api/find-api.js';
import { findSchedule } from '../api/find-schedule.js';
import { findRun, RUN_ARGUMENT } from '../api/find-run.js';
import { EXIT } from '../errors.js';
import { hasEnded } from '../run/records.js';
import type { Shell } from '../shell.js';
import { ago, duration, oneLine } from '../show/format.js';
import { showRun } from '../show/run-report.js';
import { runStatus } from '../show/run-status.js';
import { runMs } from '../show/summary.js';
import { table } from '../show/table.js';
import { follow } from './follow.js';
import { addFork, addRetry } from './runs-again.js';
import { addItems } from './runs-items.js';
import { apiOptions, choice, wholeNumber, type ApiOptions } from './options.js';

const STATUSES = ['queued', 'running', 'completed', 'failed', 'cancelled'];

/** `cairn runs …`: what ran, what runs, and what to do with it. */
export function addRuns(program: Command, shell: Shell): void {
  const runs = program.command('runs').description('list and follow runs, cancel them, try them again');
  addList(runs, shell);
  addShow(runs, shell);
  addWatch(runs, shell);
  addCancel(runs, shell);
  addItems(runs, shell);
  addRetry(runs, shell);
  addFork(runs, shell);
}

interface ListOptions extends ApiOptions, Pick<RunQuery, 'status' | 'workflow' | 'limit' | 'cursor'> {
  readonly parent?: string;
  readonly schedule?: string;
  readonly children?: true;
}

function addList(runs: Command, shell: Shell): void {
  const command = runs
    .command('list')
    .description('list runs, newest first')
    .addOption(choice('--status <status>', 'only runs in this state', STATUSES))
    .option('--workflow <name>', 'only runs of this workflow')
    .option('--parent <run>', 'only runs that steps of this one have started')
    .option('--schedule <schedule>', 'only runs of this schedule, by its id or name')
    .option('--children', 'also runs that steps of others have started')
    .option('--limit <count>', 'how many, 200 at most', wholeNumber(1, 200), 20)
    .option('--cursor <cursor>', 'go on where the page before ended');
  apiOptions(command).action(({ url, json, parent, schedule, children, ...query }: ListOptions) =>
    shell.perform(async () => {
      const client = openApi({ url }, shell);
      const parentRunId = parent === undefined ? undefined : await findRun(client, parent);
      const scheduleId = schedule === undefined ? undefined : await findSchedule(client, schedule);
      const page = await client.listRuns({ ...query, parentRunId, scheduleId, children: children && 'true' });
      if (json) shell.json(page);
      else listRuns(page.items, page.nextCursor, shell);
      return EXIT.completed;
    }),
  );
}

const COLUMNS = [
  { title: 'run' },
  { title: 'workflow', flexible: true },
  { title: 'status' },
  { title: 'took', align: 'right' },
  { title: 'started', align: 'right', dispensable: true },
  { title: 'remark', flexible: true, dispensable: true },
] as const;

function listRuns(runs: readonly RunSummary[], cursor: string | undefined, { screen }: Shell): void {
  const { colours } = screen;
  if (runs.length === 0) {
    screen.line(
      '  No runs. cairn run WORKFLOW --trigger FILE starts one, cairn workflows list says of what.',
    );
    return;
  }
  const rows = runs.map(run => [
    run.id,
    run.workflowName,
    runStatus(run.status, colours),
    run.status === 'queued' ? '' : duration(runMs(run)),
    colours.dim(ago(run.createdAt)),
    remarkOn(run),
  ]);
  for (const line of table(COLUMNS, rows, screen)) screen.line(line);
  if (cursor !== undefined) screen.line(`\n  ${colours.dim(`There are more: --cursor ${cursor}`)}`);
}

function remarkOn(run: RunSummary): string {
  if (run.error) return oneLine(run.error);
  if (run.retryOfRunId) return `retry of ${run.retryOfRunId}`;
  if (run.forkOfRunId) return `fork of ${run.forkOfRunId}`;
  return run.parentRunId ? `part of ${run.parentRunId}` : '';
}

function addShow(runs: Command, shell: Shell): void {
  const command = runs
    .command('show')
    .description('show a run with its steps, as it is now')
    .argument('<run>', RUN_ARGUMENT);
  apiOptions(command).action((named: string, options: ApiOptions) =>
    shell.perform(async () => {
      const client = openApi(options, shell);
      const run = await client.getRun(await findRun(client, named));
      if (options.json) shell.json(run);
      else {
        const artifacts = [];
        for await (const artifact of client.runArtifacts(run.id)) artifacts.push(artifact);
        showRun(run, artifacts, shell.screen);
      }
      return EXIT.completed;
    }),
  );
}

function addWatch(runs: Command, shell: Shell): void {
  const command = runs
    .command('watch')
    .description('follow a run until it has ended; exit code 0 only if it completed')
    .argument('<run>', RUN_ARGUMENT)
    .addHelpText(
      'after',
      '\nWith --json: a line of JSON for each event of the run, from its beginning, as GET /v1/runs/{id}/events gives them.',
    );
  apiOptions(command).action((named: string, options: ApiOptions) =>
    shell.perform(async () => {
      const client = openApi(options, shell);
      const run = await client.getRun(await findRun(client, named));
      return follow(client.baseUrl, run, options, shell);
    }),
  );
}

function addCancel(runs: Command, shell: Shell): void {
  const command = runs
    .command('cancel')
    .description('stop a run: running steps are told to end, pending ones are skipped')
    .argument('<run>', RUN_ARGUMENT);
  apiOptions(command).action((named: string, options: ApiOptions) =>
    shell.perform(async () => {
      const client = openApi(options, shell);
      const run = await client.cancelRun(await findRun(client, named));
      const { screen } = shell;
      if (options.json) shell.json(run);
      else if (hasEnded(run)) screen.line(`  ${runStatus(run.status, screen.colours)}  ${run.id}`);
      else screen.line(`  Asked to stop. To see it end: cairn runs watch ${run.id}`);
      return EXIT.completed;
    }),
  );
}
