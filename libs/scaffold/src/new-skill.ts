import { joinWorkspace } from './join-workspace.js';
import { skillNames } from './names.js';
import { packageJson } from './package-json.js';
import { placeFor, type Place } from './place.js';
import { fill, readTemplates, type Words } from './templates.js';
import { writeFolder } from './write-folder.js';

/** A folder that was made. */
export interface Scaffolded {
  /** Absolute. */
  readonly folder: string;
  readonly layout: Place['layout'];
  readonly packageName: string;
  /** Names of the files in it. */
  readonly files: readonly string[];
}

/**
 * Makes the folder of a new skill: a package whose test passes at once.
 *
 * @param options.parent the folder in which the new one is made, named after the skill.
 * @param options.installation the folder of the Cairn that it is for.
 * @throws ScaffoldError for a name that is not of its form, and where there is something already.
 */
export async function newSkill(options: {
  readonly id: string;
  readonly parent: string;
  readonly installation: string;
}): Promise<Scaffolded> {
  const names = skillNames(options.id);
  const place = placeFor(options.id, options.parent, options.installation);
  const { folder, layout } = place;
  const words: Words = [
    ['my_skill', names.name],
    ['mySkill', names.variable],
    ['my-skill', names.kebab],
    ['My skill', names.title],
    ...runnerOf(layout),
  ];
  const files = readTemplates('skill', `skill-${layout}`);
  for (const [name, text] of files) files.set(name, fill(text, words));
  files.set('package.json', packageJson(files.get('package.json')!, place));
  await writeFolder(folder, files);
  const packageName = nameIn(files.get('package.json')!);
  if (layout === 'workspace') await joinWorkspace(place, packageName);
  return { folder, layout, packageName, files: [...files.keys()].sort() };
}

/** Cairn's own tests run under jest, a package of its own needs nothing but Node. */
export const runnerOf = (layout: Place['layout']): Words =>
  layout === 'workspace' ? [["'node:test'", "'@jest/globals'"]] : [];

export const nameIn = (manifest: string) => (JSON.parse(manifest) as { name: string }).name;
