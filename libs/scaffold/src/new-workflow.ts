import { join } from 'node:path';
import type { SkillSource } from './find-skill.js';
import { joinWorkspace } from './join-workspace.js';
import { skillNames, workflowNames } from './names.js';
import { nameIn, runnerOf, type Scaffolded } from './new-skill.js';
import { packageJson } from './package-json.js';
import { placeFor, relativePath, type Place } from './place.js';
import { ScaffoldError } from './scaffold-error.js';
import { fill, readTemplates, repeatLines, type Files, type Words } from './templates.js';
import { writeFolder } from './write-folder.js';

/**
 * Makes the folder of a new workflow: a package whose test passes at once, with a step for each of the skills, an
 * example of a trigger and, outside the installation, a catalog that has it beside all that comes with Cairn.
 *
 * @param options.parent the folder in which the new one is made, named after the workflow.
 * @param options.installation the folder of the Cairn that it is for.
 * @throws ScaffoldError for a name that is not of its form, no skill, one skill twice, and where there is something
 *   already.
 */
export async function newWorkflow(options: {
  readonly name: string;
  readonly skills: readonly SkillSource[];
  readonly parent: string;
  readonly installation: string;
}): Promise<Scaffolded> {
  const { skills } = options;
  const names = workflowNames(
    options.name,
    skills.map(({ variable }) => variable),
  );
  if (skills.length === 0)
    throw new ScaffoldError(
      'A workflow needs a skill: name the folder of one, or the id of one in the catalog',
    );
  const ids = skills.map(({ id }) => id);
  if (new Set(ids).size < ids.length) throw new ScaffoldError('A skill is named twice');
  const place = placeFor(options.name, options.parent, options.installation);
  const { folder, layout } = place;
  const foreign = skills.find(skill => !skill.folder.startsWith(join(place.installation, 'skills')));
  if (layout === 'workspace' && foreign)
    throw new ScaffoldError(
      `A workflow of Cairn's own uses skills of its own; ${foreign.id} is in ${foreign.folder}: make the workflow elsewhere`,
    );
  const words: Words = [
    ['my.workflow', names.name],
    ['myWorkflow', names.variable],
    ['my-workflow', names.kebab],
    ...runnerOf(layout),
  ];
  const files = readTemplates('workflow', `workflow-${layout}`);
  for (const [name, text] of files)
    files.set(name, repeatLines(fill(text, words), isAboutSkill, skills.map(wordsFor)));
  const dependencies = Object.fromEntries(skills.map(skill => [skill.packageName, skill.folder]));
  files.set('package.json', packageJson(files.get('package.json')!, place, dependencies));
  files.set(
    'trigger.json',
    document(Object.fromEntries(skills.map(({ id, example }) => [id, example ?? {}]))),
  );
  if (layout === 'standalone') files.set('catalog.json', catalogFor(place, skills));
  else files.set('tsconfig.json', withReferences(files, place, skills));
  await writeFolder(folder, files);
  const packageName = nameIn(files.get('package.json')!);
  if (layout === 'workspace') await joinWorkspace(place, packageName);
  return { folder, layout, packageName, files: [...files.keys()].sort() };
}

const isAboutSkill = (line: string) => /my_skill|mySkill/.test(line);

function wordsFor({ id, packageName, variable }: SkillSource): Words {
  return [
    ['../skill/skill.js', `${packageName}/skill`],
    ['mySkillResult', `${skillNames(id).variable}Result`],
    ['mySkill', variable],
    ['my_skill', id],
  ];
}

/** What comes with Cairn, the skills that do not, and the workflow. */
function catalogFor({ folder }: Place, skills: readonly SkillSource[]): string {
  const own = skills.filter(({ isShipped }) => !isShipped);
  return document({
    extends: 'cairn',
    packages: [...own.map(skill => relativePath(folder, skill.folder)), '.'],
  });
}

function withReferences(files: Files, { folder }: Place, skills: readonly SkillSource[]): string {
  const paths = skills.map(skill => relativePath(folder, skill.folder));
  const references = paths.map(path => `    {\n      "path": "${path}"\n    },\n`);
  return files.get('tsconfig.json')!.replace('"references": [\n', start => start + references.join(''));
}

const document = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;
