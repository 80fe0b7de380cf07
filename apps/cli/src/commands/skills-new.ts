import type { Command } from 'commander';
import { EXIT } from '../errors.js';
import type { Shell } from '../shell.js';
import { jsonOption } from './options.js';
import { sayWhatWasMade, type NewOptions } from '../skills/report-scaffold.js';

/** `cairn skills new`: the folder of a skill of one's own. */
export function addSkillsNew(skills: Command, shell: Shell): void {
  const command = skills
    .command('new')
    .description('make the folder of a skill of your own, whose test passes at once')
    .argument('<id>', 'of the skill, like my_skill')
    .option('--in <folder>', 'where to make it', '.');
  jsonOption(command).action((id: string, options: NewOptions) =>
    shell.perform(async () => {
      const { makeSkill } = await import('../skills/new-command.js');
      const made = await makeSkill(id, options.in, shell.env);
      sayWhatWasMade(made, ['npx cairn skills run . --input input.json --out out'], options, shell);
      return EXIT.completed;
    }),
  );
}
