import type { Command } from 'commander';
import { openApi } from '../api/find-api.js';
import { findRun, RUN_ARGUMENT } from '../api/find-run.js';
import { EXIT } from '../errors.js';
import type { Shell } from '../shell.js';
import { showExplanation } from '../show/explanation-report.js';
import { apiOptions, type ApiOptions } from './options.js';

/** `cairn explain`: why a step did what it did. */
export function addExplain(program: Command, shell: Shell): void {
  const command = program
    .command('explain')
    .description('say why a step of a run was executed, or was not, and what differed')
    .argument('<run>', RUN_ARGUMENT)
    .argument('<step>', 'a step of the run, e.g. intro_video')
    .option('--against <run>', 'compare with this run, instead of the nearest earlier execution');
  apiOptions(command).action(
    (named: string, stepId: string, options: ApiOptions & { readonly against?: string }) =>
      shell.perform(async () => {
        const client = openApi(options, shell);
        const against = options.against === undefined ? undefined : await findRun(client, options.against);
        const explanation = await client.explainStep(await findRun(client, named), stepId, { against });
        if (options.json) shell.json(explanation);
        else showExplanation(explanation, shell.screen);
        return EXIT.completed;
      }),
  );
}
