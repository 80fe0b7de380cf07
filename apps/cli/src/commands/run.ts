import { randomUUID } from 'node:crypto';
import { CairnApiError, type StartRun } from '@cairn/client';
import type { Command } from 'commander';
import { explained } from '../api/explain-error.js';
import { openApi } from '../api/find-api.js';
import { CliError, EXIT } from '../errors.js';
import type { Shell } from '../shell.js';
import { readTriggerOption } from '../trigger-file.js';
import { follow } from './follow.js';
import { apiOptions, type ApiOptions } from './options.js';

/** What a run asks of the cache, as it is typed. */
export interface CacheOptions {
  readonly refresh?: true | string[];
  readonly bypass?: true;
}

interface RunOptions extends ApiOptions, CacheOptions {
  readonly trigger: string;
  readonly version?: string;
  readonly watch?: true;
  readonly idempotencyKey?: string;
}

/** Adds what `run` and `plan` both take. */
export function requestOptions(command: Command): Command {
  return apiOptions(
    command
      .argument('<workflow>', 'its name, e.g. campaign.build')
      .requiredOption('--trigger <file>', 'a JSON file with what the workflow is given; - for standard input')
      .option('--version <version>', 'of the workflow; the newest unless given')
      .option('--refresh [steps...]', 'take no earlier results: for the steps named, or for all')
      .option('--bypass', 'neither read nor write the cache'),
  );
}

/** The request that was typed. @throws CliError for a trigger that cannot be read */
export async function requestOf(
  workflow: string,
  { trigger, version, refresh, bypass }: CacheOptions & Pick<RunOptions, 'trigger' | 'version'>,
  { env }: Shell,
): Promise<StartRun> {
  const options = refresh !== undefined || bypass ? { options: { refresh, bypass } } : {};
  return { workflow, version, trigger: await readTriggerOption(trigger, env), ...options };
}

/** `cairn run`: has a workflow run. */
export function addRun(program: Command, shell: Shell): void {
  const command = requestOptions(program.command('run').description('run a workflow'))
    .option('--watch', 'follow it until it has ended; exit code 0 only if it completed')
    .option('--idempotency-key <key>', 'the same key with the same request gives the same run');
  command.action((workflow: string, options: RunOptions) =>
    shell.perform(async () => {
      const { screen } = shell;
      const client = openApi(options, shell);
      const request = await requestOf(workflow, options, shell);
      const idempotencyKey = options.idempotencyKey ?? randomUUID();
      const { run, replayed } = await client
        .startRun(request, { idempotencyKey })
        .catch((error: unknown) => Promise.reject(withKey(error, idempotencyKey)));
      if (options.watch) return follow(client.baseUrl, run, options, shell);
      if (options.json) shell.json(run);
      else {
        screen.line(
          `  ${replayed ? 'This key has a run already' : 'Accepted'}: ${screen.colours.bold(run.id)}`,
        );
        screen.line(`  ${screen.colours.dim(`To see how it goes: cairn runs watch ${run.id}`)}`);
      }
      return EXIT.completed;
    }),
  );
}

/** Whether a request without an answer was accepted is not known: with its key it may be sent again. */
function withKey(error: unknown, key: string): unknown {
  const said = explained(error);
  if (!(error instanceof CairnApiError && error.retryable && said instanceof CliError)) return said;
  const again = `Sent again with --idempotency-key ${key} it starts one run at most`;
  return new CliError(said.message, said.exitCode, [...said.details, again], said.code);
}
