import { resolve } from 'node:path';
import type { Command } from 'commander';
import { artifactsOf } from '../api/artifacts-of.js';
import { openApi } from '../api/find-api.js';
import { findRun, RUN_ARGUMENT } from '../api/find-run.js';
import { CliError, EXIT } from '../errors.js';
import { pullArtifact, pullPaths } from '../run/pull.js';
import type { Shell } from '../shell.js';
import { bytes, counted } from '../show/format.js';
import { apiOptions, type ApiOptions } from './options.js';

interface PullOptions extends ApiOptions {
  readonly into?: string;
  readonly step?: string;
  readonly type?: string;
}

/** `cairn artifacts pull`: a run's files, into a folder. */
export function addPull(artifacts: Command, shell: Shell): void {
  const command = artifacts
    .command('pull')
    .description('fetch the files of a run, each into the folder of its step, and verify them')
    .argument('<run>', RUN_ARGUMENT)
    .option('--into <folder>', 'where to (default: a folder named as the run)')
    .option('--step <step>', 'only what this step made')
    .option('--type <type>', 'only files of this type, e.g. bundle/campaign');
  apiOptions(command).action((named: string, options: PullOptions) =>
    shell.perform(async () => {
      const { screen } = shell;
      const client = openApi(options, shell);
      const runId = await findRun(client, named);
      const folder = resolve(shell.env.INIT_CWD ?? '.', options.into ?? runId);
      const wanted = (await artifactsOf(client, runId)).filter(
        ({ stepId, type }) =>
          (options.step === undefined || stepId === options.step) &&
          (options.type === undefined || type === options.type),
      );
      if (wanted.length === 0)
        throw new CliError('The run has no such files', EXIT.notFound, [`cairn artifacts list ${runId}`]);
      const files = [];
      for (const [artifact, path] of pullPaths(wanted)) {
        const file = await pullArtifact(client, artifact, folder, path, shell.controller.signal);
        files.push(file);
        const size = screen.colours.dim(file.fetched ? bytes(file.bytes) : 'there already');
        screen.line(`  ${screen.colours.green('✔')} ${path}  ${size}`);
      }
      if (options.json) shell.json({ runId, folder, files });
      else screen.line(`\n  ${counted(files.length, 'file')} in ${screen.colours.cyan(folder)}`);
      return EXIT.completed;
    }),
  );
}
