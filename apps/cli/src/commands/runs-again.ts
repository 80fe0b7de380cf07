import type { RetriedRuns, RetryRunsRequest } from '@cairn/client';
import type { Command } from 'commander';
import { openApi } from '../api/find-api.js';
import { findRun, RUN_ARGUMENT } from '../api/find-run.js';
import { CliError, EXIT } from '../errors.js';
import type { Shell } from '../shell.js';
import { counted, oneLine } from '../show/format.js';
import { table } from '../show/table.js';
import { readJsonOption } from '../trigger-file.js';
import { apiOptions, choice, wholeNumber, type ApiOptions } from './options.js';
import { start, startOptions, type StartOptions } from './start.js';

/** Which runs are retried, where no run is named. */
type Filter = Omit<RetryRunsRequest, 'dryRun'>;
type RetryOptions = StartOptions & Filter & { readonly dryRun?: boolean };

const FILTERS = ['all', 'workflow', 'status', 'errorCode', 'createdAfter', 'createdBefore', 'limit'] as const;

/** `cairn runs retry`: one run, or all that a filter finds. */
export function addRetry(runs: Command, shell: Shell): void {
  const command = startOptions(
    runs
      .command('retry')
      .description('go on with a run that failed or was cancelled, in a new run; or with many')
      .argument('[run]', `${RUN_ARGUMENT}; without it, all that the options below find`),
  )
    .option('--all', 'every failed or cancelled run')
    .option('--workflow <name>', 'runs of this workflow')
    .addOption(choice('--status <status>', 'runs in this state', ['failed', 'cancelled']))
    .option('--error-code <code>', 'runs that ended with this code')
    .option('--created-after <instant>', 'runs made then or later, ISO 8601')
    .option('--created-before <instant>', 'runs made earlier than then')
    .option('--limit <count>', 'so many at most, the oldest first (100)', wholeNumber(1, 100))
    .option('--dry-run', 'only tell which runs of a filter would be retried');
  apiOptions(command).action((named: string | undefined, options: RetryOptions) =>
    shell.perform(async () => {
      const filter = filterOf(options);
      const filtered = Object.keys(filter).length > 0;
      if (named === undefined) {
        if (!filtered) throw usage('Name a run, or say which runs: --all, or filters such as --workflow');
        if (options.watch) throw usage('--watch follows one run: name it');
        if (options.idempotencyKey !== undefined) throw usage('--idempotency-key is for one run: name it');
        return retryMany(filter, options, shell);
      }
      if (filtered || options.dryRun) throw usage('Name a run or filter runs, not both');
      const client = openApi(options, shell);
      const runId = await findRun(client, named);
      return start(client, options, shell, idempotencyKey => client.retryRun(runId, { idempotencyKey }));
    }),
  );
}

const usage = (message: string) => new CliError(message, EXIT.usage, ['cairn runs retry --help tells more']);

function filterOf(options: RetryOptions): Filter {
  return Object.fromEntries(
    FILTERS.filter(name => options[name] !== undefined).map(name => [name, options[name]]),
  );
}

async function retryMany(filter: Filter, options: RetryOptions, shell: Shell): Promise<number> {
  const client = openApi(options, shell);
  const retried = await client.retryRuns({ ...filter, ...(options.dryRun && { dryRun: true }) });
  if (options.json) shell.json(retried);
  else showRetried(retried, shell);
  return retried.refused.length > 0 ? EXIT.failed : EXIT.completed;
}

const COLUMNS = [{ title: 'run' }, { title: 'new run' }, { title: 'refused', flexible: true }] as const;

function showRetried({ dryRun, matched, retried, refused }: RetriedRuns, { screen }: Shell): void {
  const { bold, dim, red } = screen.colours;
  const rows = [
    ...retried.map(({ runId, newRunId = '' }) => [runId, newRunId, '']),
    ...refused.map(({ runId, message }) => [runId, '', red(oneLine(message))]),
  ];
  if (rows.length > 0) {
    for (const line of table(COLUMNS, rows, screen)) screen.line(line);
    screen.line();
  }
  const done = `${counted(retried.length, 'run')} ${dryRun ? 'would be retried' : 'retried'}`;
  const left = matched - rows.length;
  screen.line(`  ${bold(done)}${refused.length > 0 ? `, ${refused.length} refused` : ''}`);
  if (left > 0) screen.line(`  ${dim(`${left} more match: the same command again goes on with them`)}`);
}

interface ForkOptions extends StartOptions {
  readonly from: string;
  readonly trigger?: string;
  readonly input?: string;
}

/** `cairn runs fork`: a run once more from one of its steps, with something else. */
export function addFork(runs: Command, shell: Shell): void {
  const command = startOptions(
    runs
      .command('fork')
      .description('do a step of a run, and what depends on it, anew in a new run; the rest is taken over')
      .argument('<run>', RUN_ARGUMENT)
      .requiredOption('--from <step>', 'the step')
      .option(
        '--trigger <file>',
        'with this trigger, a whole one, instead of the run’s; - for standard input',
      )
      .option(
        '--input <file>',
        'with this merge patch (RFC 7396) onto the step’s input; - for standard input',
      ),
  );
  apiOptions(command).action((named: string, options: ForkOptions & ApiOptions) =>
    shell.perform(async () => {
      if (options.trigger === '-' && options.input === '-')
        throw new CliError('Standard input is the trigger or the input, not both', EXIT.usage);
      const [trigger, input] = [
        options.trigger === undefined
          ? {}
          : { trigger: await readJsonOption('trigger', options.trigger, shell.env) },
        options.input === undefined
          ? {}
          : { input: asObject(await readJsonOption('input', options.input, shell.env)) },
      ];
      const client = openApi(options, shell);
      const runId = await findRun(client, named);
      const request = { from: options.from, ...trigger, ...input };
      return start(client, options, shell, idempotencyKey =>
        client.forkRun(runId, request, { idempotencyKey }),
      );
    }),
  );
}

function asObject(value: unknown): Record<string, unknown> {
  if (value !== null && typeof value === 'object' && !Array.isArray(value)) return { ...value };
  throw new CliError('--input must be a JSON object: the fields of the input that change', EXIT.usage);
}
