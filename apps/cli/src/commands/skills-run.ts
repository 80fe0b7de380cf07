import type { Command } from 'commander';
import { EXIT } from '../errors.js';
import type { Shell } from '../shell.js';
import type { RunSkillOptions } from '../skills/run-command.js';
import { jsonOption } from './options.js';

const FILES = `
Where the skill takes a file, the input has {"file": "path relative to the input"}; "type" stands beside it where the
skill takes files of several types.`;

/** `cairn skills run`: one skill, with the real providers, without an API, Temporal or a database. */
export function addSkillsRun(skills: Command, shell: Shell): void {
  const command = skills
    .command('run')
    .description('execute one skill with real providers, without Temporal or a database; nothing is recorded')
    .argument('<skill>', 'the folder of a skill, or its id in the catalog')
    .requiredOption('--input <file>', 'a JSON file with what the skill is given; - for standard input')
    .option('--out <folder>', 'where to write the files that it makes')
    .option('--catalog <file>', 'where an id is looked up (default: CAIRN_CATALOG, else the shipped one)')
    .addHelpText('after', FILES);
  jsonOption(command).action((named: string, options: RunSkillOptions) =>
    shell.perform(async () => {
      // Only now: providers and schemas take a moment to load, and other commands need none of them.
      const { runSkillCommand } = await import('../skills/run-command.js');
      await runSkillCommand(named, options, shell);
      return EXIT.completed;
    }),
  );
}
