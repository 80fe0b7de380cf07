import type { Skill } from '@cairn/client';
import type { Command } from 'commander';
import { openApi } from '../api/find-api.js';
import { EXIT } from '../errors.js';
import type { Shell } from '../shell.js';
import { counted } from '../show/format.js';
import type { Colours } from '../show/screen.js';
import { table } from '../show/table.js';
import { apiOptions, type ApiOptions } from './options.js';
import { addSkillsNew } from './skills-new.js';
import { addSkillsRun } from './skills-run.js';

/** `cairn skills …`: what workflows are made of. */
export function addSkills(program: Command, shell: Shell): void {
  const skills = program
    .command('skills')
    .description('list skills, make one of your own, run one by itself');
  addList(skills, shell);
  addSkillsNew(skills, shell);
  addSkillsRun(skills, shell);
}

const COLUMNS = [
  { title: 'skill' },
  { title: 'version' },
  { title: 'title', flexible: true },
  { title: 'uses', flexible: true, dispensable: true },
  { title: 'queue' },
  { title: 'served by' },
] as const;

function addList(skills: Command, shell: Shell): void {
  const command = skills
    .command('list')
    .description('list the skills of the API, and which workers serve them');
  apiOptions(command).action((options: ApiOptions) =>
    shell.perform(async () => {
      const { screen } = shell;
      const items = await openApi(options, shell).listSkills();
      if (options.json) shell.json({ items });
      else if (items.length === 0) screen.line('  No skills: the catalog of the API lists none.');
      else for (const line of table(COLUMNS, items.map(rowOf(screen.colours)), screen)) screen.line(line);
      return EXIT.completed;
    }),
  );
}

const rowOf = (colours: Colours) => (skill: Skill) => [
  skill.id,
  skill.version,
  skill.title,
  skill.uses.join(', '),
  skill.queue === 'default' ? '' : skill.queue,
  servedBy(skill, colours),
];

function servedBy({ version, builds }: Skill, colours: Colours): string {
  const live = builds.filter(build => build.live && build.version === version);
  if (live.length === 0) return colours.red('nobody');
  const codes = new Set(live.map(({ fingerprint }) => fingerprint)).size;
  const builders = colours.green(counted(live.length, 'build'));
  return codes === 1 ? builders : `${builders}, ${colours.yellow(`${codes} different codes`)}`;
}
