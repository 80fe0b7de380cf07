import type { Command } from 'commander';
import { EXIT } from '../errors.js';
import type { Shell } from '../shell.js';
import { sayWhatWasMade, type NewOptions } from '../skills/report-scaffold.js';
import { jsonOption } from './options.js';

interface NewWorkflowOptions extends NewOptions {
  readonly skill: readonly string[];
}

/** `cairn workflows new`: the folder of a workflow of one's own. */
export function addWorkflowsNew(workflows: Command, shell: Shell): void {
  const command = workflows
    .command('new')
    .description('make the folder of a workflow of your own, whose test passes at once')
    .argument('<name>', 'of the workflow, like my.workflow')
    .requiredOption('--skill <skill...>', 'what its steps do: folders of skills, or ids in the catalog')
    .option('--in <folder>', 'where to make it', '.');
  jsonOption(command).action((name: string, options: NewWorkflowOptions) =>
    shell.perform(async () => {
      const { makeWorkflow } = await import('../skills/new-command.js');
      const made = await makeWorkflow(name, options.skill, options.in, shell.env);
      const start = `npx cairn up --catalog catalog.json --workflow ${name} --trigger trigger.json`;
      sayWhatWasMade(made, [start], options, shell);
      return EXIT.completed;
    }),
  );
}
