import type { Command } from 'commander';
import { openApi } from '../api/find-api.js';
import { EXIT } from '../errors.js';
import type { Shell } from '../shell.js';
import { mermaid } from '../show/mermaid.js';
import { table } from '../show/table.js';
import { apiOptions, type ApiOptions } from './options.js';
import { addWorkflowsNew } from './workflows-new.js';
import { addWorkflowsRelease } from './workflows-release.js';

/** `cairn workflows …`: what can be run. */
export function addWorkflows(program: Command, shell: Shell): void {
  const workflows = program
    .command('workflows')
    .description('list workflows, draw their graphs, make and release your own');
  addList(workflows, shell);
  addGraph(workflows, shell);
  addWorkflowsNew(workflows, shell);
  addWorkflowsRelease(workflows, shell);
}

const COLUMNS = [
  { title: 'workflow' },
  { title: 'version' },
  { title: 'steps', align: 'right' },
  { title: 'title', flexible: true },
] as const;

function addList(workflows: Command, shell: Shell): void {
  const command = workflows.command('list').description('list the workflows that can be run');
  apiOptions(command).action((options: ApiOptions) =>
    shell.perform(async () => {
      const { screen } = shell;
      const items = await openApi(options, shell).listWorkflows();
      const rows = items.map(one => [
        one.name,
        one.version,
        String(one.stepCount),
        one.title === one.name ? '' : one.title,
      ]);
      if (options.json) shell.json({ items });
      else if (rows.length === 0) screen.line('  No workflows: the catalog of the API lists none.');
      else for (const line of table(COLUMNS, rows, screen)) screen.line(line);
      return EXIT.completed;
    }),
  );
}

function addGraph(workflows: Command, shell: Shell): void {
  const command = workflows
    .command('graph')
    .description('draw the graph of a workflow as a Mermaid diagram, for a page in Markdown')
    .argument('<workflow>', 'its name')
    .option('--version <version>', 'the newest unless given')
    .addHelpText(
      'after',
      '\nWith --json: the workflow as the API has it, with the graph and the schema of its trigger.',
    );
  apiOptions(command).action((name: string, options: ApiOptions & { readonly version?: string }) =>
    shell.perform(async () => {
      const workflow = await openApi(options, shell).getWorkflow(name, { version: options.version });
      if (options.json) shell.json(workflow);
      else for (const line of mermaid(workflow)) shell.screen.line(line);
      return EXIT.completed;
    }),
  );
}
