import type { Release } from '@cairn/catalog';
import type { Command } from 'commander';
import { EXIT } from '../errors.js';
import type { Shell } from '../shell.js';
import { jsonOption, type JsonOptions } from './options.js';

interface ReleaseOptions extends JsonOptions {
  readonly catalog?: string;
  readonly replace?: readonly string[];
}

const HELP = `
The list is released.json beside the catalog file; keep it under version control. API and workers refuse a catalog with
a workflow that has another graph than its version was released with.`;

/** `cairn workflows release`: writes down the graphs that must not change any more. */
export function addWorkflowsRelease(workflows: Command, shell: Shell): void {
  const command = workflows
    .command('release')
    .description('write down the graphs of a catalog, so that a released version cannot change')
    .option('--catalog <file>', 'whose workflows (default: CAIRN_CATALOG, else the shipped one)')
    .option('--replace <workflow@version...>', 'change what was released, where no run of it counts')
    .addHelpText('after', HELP);
  jsonOption(command).action(({ catalog, replace = [], json }: ReleaseOptions) =>
    shell.perform(async () => {
      // Only now: it loads what workflows and skills are made of.
      const { releaseCatalog } = await import('../skills/release-command.js');
      const release = await releaseCatalog(catalog, replace, shell.env);
      if (json) shell.json(release);
      else for (const line of reportOf(release)) shell.screen.line(`  ${line}`);
      return EXIT.completed;
    }),
  );
}

function reportOf({ file, added, replaced }: Release): readonly string[] {
  const changes = [...added.map(name => `added     ${name}`), ...replaced.map(name => `replaced  ${name}`)];
  return [file, ...(changes.length > 0 ? changes : ['all are released already'])];
}
