import type { StartRun } from '@cairn/client';
import type { Command } from 'commander';
import { openApi } from '../api/find-api.js';
import type { Shell } from '../shell.js';
import { readJsonOption } from '../trigger-file.js';
import { apiOptions, type ApiOptions } from './options.js';
import { start, startOptions, type StartOptions } from './start.js';

/** What a run is made of, as it is typed. */
export interface RequestOptions extends ApiOptions {
  readonly trigger: string;
  readonly version?: string;
  readonly refresh?: true | string[];
  readonly bypass?: true;
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
  { trigger, version, refresh, bypass }: RequestOptions,
  { env }: Shell,
): Promise<StartRun> {
  const options = refresh !== undefined || bypass ? { options: { refresh, bypass } } : {};
  return { workflow, version, trigger: await readJsonOption('trigger', trigger, env), ...options };
}

/** `cairn run`: has a workflow run. */
export function addRun(program: Command, shell: Shell): void {
  const command = startOptions(requestOptions(program.command('run').description('run a workflow')));
  command.action((workflow: string, options: RequestOptions & StartOptions) =>
    shell.perform(async () => {
      const client = openApi(options, shell);
      const request = await requestOf(workflow, options, shell);
      return start(client, options, shell, idempotencyKey => client.startRun(request, { idempotencyKey }));
    }),
  );
}
