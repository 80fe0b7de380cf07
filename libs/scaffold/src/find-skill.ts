import { existsSync } from 'node:fs';
import { readFile, realpath } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { loadCatalog, loadPackage, SHIPPED_CATALOG, type CatalogSkill } from '@cairn/catalog';
import type { AnySkill } from '@cairn/skill-kit';
import { ScaffoldError } from './scaffold-error.js';

/** A skill that a new workflow uses. */
export interface SkillSource {
  readonly id: string;
  /** The folder of its package; links are followed. */
  readonly folder: string;
  readonly packageName: string;
  /** The name under which `<package>/skill` exports it. */
  readonly variable: string;
  /** Comes with Cairn. */
  readonly isShipped: boolean;
  /** The input of its first documented example, where its package has examples. */
  readonly example?: unknown;
}

/**
 * Finds a skill by the folder of its package, or by its id in a catalog.
 *
 * @param catalog a catalog file; the shipped one when absent.
 * @throws ScaffoldError when there is none, or a workflow could not import it; CatalogError when it is not built or
 *   its package cannot be loaded for another reason.
 */
export async function findSkill(named: string, catalog: string = SHIPPED_CATALOG): Promise<SkillSource> {
  const shipped = (await loadCatalog()).skills;
  const isFolder = existsSync(join(named, 'package.json'));
  if (!isFolder && /[./\\]/.test(named))
    throw new ScaffoldError(`${resolve(named)} is no folder of a skill: it has no package.json`);
  const { skills } = isFolder ? await loadPackage(await realpath(named)) : await loadCatalog(catalog);
  const found = isFolder ? skills : newest(skills.filter(({ skill }) => skill.id === named));
  if (found.length === 0)
    throw new ScaffoldError(
      isFolder
        ? `The package in ${named} holds no skill`
        : `There is no skill ${named} in ${catalog}: name the folder of its package, like ./${named}`,
    );
  if (found.length > 1)
    throw new ScaffoldError(`The package in ${named} holds several skills: name one by its id`);
  const { skill, run, packageName } = found[0]!;
  const folder = await folderOf(run);
  const declared = await declarationIn(folder, packageName, skill);
  return {
    id: skill.id,
    folder,
    packageName,
    variable: declared.variable,
    isShipped: shipped.some(one => one.run === run),
    ...(await exampleBeside(declared.file)),
  };
}

/** Of several versions the newest alone. */
function newest(skills: readonly CatalogSkill[]): readonly CatalogSkill[] {
  const byVersion = (a: CatalogSkill, b: CatalogSkill) =>
    b.skill.version.localeCompare(a.skill.version, 'en', { numeric: true });
  return [...skills].sort(byVersion).slice(0, 1);
}

/** The folder of the package that a file belongs to. */
async function folderOf(file: string): Promise<string> {
  let folder = dirname(file);
  while (!existsSync(join(folder, 'package.json')) && folder !== dirname(folder)) folder = dirname(folder);
  return realpath(folder);
}

async function declarationIn(folder: string, packageName: string, skill: AnySkill) {
  const manifest = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as {
    exports?: Record<string, string | { default?: string } | undefined>;
  };
  const exported = manifest.exports?.['./skill'];
  const path = typeof exported === 'string' ? exported : exported?.default;
  if (path === undefined)
    throw new ScaffoldError(`The package ${packageName} in ${folder} does not export "./skill"`);
  const file = join(folder, path);
  const module = (await import(pathToFileURL(file).href)) as Record<string, unknown>;
  const variable = Object.keys(module).find(name => name !== 'default' && module[name] === skill);
  if (variable === undefined)
    throw new ScaffoldError(`${file} does not export the skill ${skill.id} by a name`);
  return { file, variable };
}

async function exampleBeside(file: string): Promise<{ example?: unknown }> {
  const path = join(dirname(file), 'examples.js');
  if (!existsSync(path)) return {};
  const { examples } = (await import(pathToFileURL(path).href)) as {
    examples?: readonly { input?: unknown }[];
  };
  const input = examples?.[0]?.input;
  return input === undefined ? {} : { example: input };
}
