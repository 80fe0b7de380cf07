import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { loadCatalog, loadPackage, type CatalogSkill } from '@cairn/catalog';
import { readConfiguration } from '@cairn/configuration';
import type { SkillImplementation } from '@cairn/skill-kit';
import { CliError, EXIT } from '../errors.js';
import { namedPath, projectFolder } from '../places.js';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * A skill with what it does.
 *
 * @param named the absolute path of a package's folder, or an id in the catalog: of several versions the newest.
 * @param catalog a catalog file as it was typed; CAIRN_CATALOG or the shipped one when absent.
 * @throws CliError with exit code 3 when there is no such skill, with 2 when its package does not hold what it says;
 *   CatalogError
 */
export async function findImplementation(
  named: string,
  catalog: string | undefined,
  env: Environment,
): Promise<SkillImplementation> {
  const { skill, run } = await declared(named, catalog, env);
  const module = (await import(pathToFileURL(run).href)) as { default?: SkillImplementation };
  if (module.default?.skill?.id !== skill.id || typeof module.default.run !== 'function')
    throw new CliError(
      `${run} is not what ${skill.id} does: its default export must be implementSkill(…)`,
      EXIT.usage,
    );
  return module.default;
}

const newest = (skills: readonly CatalogSkill[]): CatalogSkill | undefined =>
  [...skills].sort((a, b) => b.skill.version.localeCompare(a.skill.version, 'en', { numeric: true }))[0];

async function declared(named: string, catalog: string | undefined, env: Environment): Promise<CatalogSkill> {
  if (existsSync(join(named, 'package.json'))) {
    const { skills } = await loadPackage(named);
    if (skills.length === 1) return skills[0]!;
    throw new CliError(
      skills.length === 0
        ? `The package in ${named} holds no skill`
        : `The package in ${named} holds several skills: name one by its id, and a catalog that lists the package`,
      EXIT.usage,
    );
  }
  if (/[/\\]/.test(named)) throw new CliError(`There is no package in ${named}`, EXIT.notFound);
  const file =
    catalog === undefined ? readConfiguration(env, projectFolder).catalog : namedPath(catalog, env);
  const { skills } = await loadCatalog(file);
  const found = newest(skills.filter(({ skill }) => skill.id === named));
  if (found) return found;
  throw new CliError(`There is no skill ${named} in the catalog`, EXIT.notFound, [
    `It has ${[...new Set(skills.map(({ skill }) => skill.id))].join(', ')}`,
    `A skill that is in no catalog is named by its folder, like ./${named}`,
  ]);
}
