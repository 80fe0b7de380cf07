import type { Command } from 'commander';
import { openApi } from '../api/find-api.js';
import { EXIT } from '../errors.js';
import type { Shell } from '../shell.js';
import { showPlan } from '../show/plan-report.js';
import { requestOf, requestOptions, type RequestOptions } from './run.js';

/** `cairn plan`: what `cairn run` would do. */
export function addPlan(program: Command, shell: Shell): void {
  const command = requestOptions(
    program
      .command('plan')
      .description('say what a run would do: which steps execute and why, and how long that takes'),
  );
  command.action((workflow: string, options: RequestOptions) =>
    shell.perform(async () => {
      const plan = await openApi(options, shell).planRun(await requestOf(workflow, options, shell));
      if (options.json) shell.json(plan);
      else showPlan(plan, shell.screen);
      return EXIT.completed;
    }),
  );
}
