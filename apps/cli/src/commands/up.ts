import type { Command } from 'commander';
import { namedPath } from '../places.js';
import type { Shell } from '../shell.js';
import type { UpOptions } from '../up/up.js';
import { jsonOption, type JsonOptions } from './options.js';

/** `cairn up`, which `npm start` runs. */
export function addUp(program: Command, shell: Shell): void {
  const command = program
    .command('up')
    .description('start everything on this machine, build a campaign and serve it until Ctrl-C')
    .option('--once', 'end after the run; exit code 0 only if it completed', false)
    .option('--trigger <file>', 'build what this JSON file describes instead of the shipped example')
    .option('--workflow <name>', 'the workflow to run', 'campaign.build')
    .option(
      '--catalog <file>',
      'which skills and workflows there are (default: CAIRN_CATALOG, else the shipped)',
    )
    .option('--out <folder>', 'where campaigns are unpacked (default: out)');
  jsonOption(command).action(
    ({ catalog, ...options }: UpOptions & JsonOptions & { readonly catalog?: string }) =>
      shell.perform(async () => {
        const { screen, version } = shell;
        shell.farewell = ({ signalName }) =>
          `Ending (${signalName}); steps under way get ten seconds, Ctrl-C again ends at once`;
        screen.line(`${screen.colours.bold('Cairn')} ${screen.colours.dim(version)}`);
        const env =
          catalog === undefined ? shell.env : { ...shell.env, CAIRN_CATALOG: namedPath(catalog, shell.env) };
        // Only here, since the other commands need not wait for the servers' code.
        const { up } = await import('../up/up.js');
        return up(options, { ...shell, env }, built => options.json && shell.json(built));
      }),
  );
}
