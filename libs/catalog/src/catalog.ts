import type { AnyWorkflow } from '@cairn/pipeline';
import { CatalogError } from './catalog-error.js';
import { readCatalogFile, SHIPPED_CATALOG, type CatalogEntry } from './catalog-file.js';
import { findPackage } from './find-package.js';
import { loadPackage, type CatalogPackage, type CatalogSkill } from './load-package.js';
import { refuseChangedGraphs, versioned } from './released.js';

/** What an installation offers: the workflows and skills of the packages that its catalog file lists. */
export interface Catalog {
  readonly workflows: readonly AnyWorkflow[];
  readonly skills: readonly CatalogSkill[];
  /** The workflow of this name; the highest version unless one is named. */
  workflow(name: string, version?: string): AnyWorkflow | undefined;
}

/** A package, and where it is listed. */
export interface Listed extends CatalogPackage, CatalogEntry {}

/**
 * Loads the packages of a catalog file, `{"extends": "cairn", "packages": ["./my_skill", "some-package"]}`: names are
 * resolved as an import in the file's folder would be, paths relative to it. What a package holds stands in its
 * package.json under `cairn`. Implementations are not loaded.
 *
 * @param file the catalog file; the shipped one when absent.
 * @throws CatalogError also when a workflow is not as it was released, see {@link refuseChangedGraphs}.
 */
export async function loadCatalog(file: string = SHIPPED_CATALOG): Promise<Catalog> {
  const packages = await loadListed(file);
  await refuseChangedGraphs(packages);
  return catalogOf(packages);
}

/** The packages of a catalog file, and of those that it extends, whatever was released. @throws CatalogError */
export async function loadListed(file: string): Promise<readonly Listed[]> {
  const packages: Listed[] = [];
  for (const { entry, file: listedIn } of await readCatalogFile(file)) {
    const folder = await findPackage({ entry, file: listedIn });
    if (packages.some(other => other.folder === folder))
      throw new CatalogError(`${listedIn}: the package ${entry} is listed twice`);
    packages.push({ ...(await loadPackage(folder, entry)), entry, file: listedIn });
  }
  refuseTwins(packages, 'the skill', ({ skills }) => skills.map(({ skill }) => versioned(skill)));
  refuseTwins(packages, 'the workflow', ({ workflows }) => workflows.map(versioned));
  refuseMissingSkills(packages);
  return packages;
}

/** The catalog of packages that were loaded. */
function catalogOf(packages: readonly CatalogPackage[]): Catalog {
  const workflows = packages.flatMap(found => found.workflows);
  const newestFirst = [...workflows].sort((a, b) => compareVersions(b.version, a.version));
  return {
    workflows,
    skills: packages.flatMap(found => found.skills),
    workflow: (name, version) =>
      newestFirst.find(w => w.name === name && (version === undefined || w.version === version)),
  };
}

function refuseTwins(
  packages: readonly Listed[],
  what: string,
  namesOf: (found: Listed) => readonly string[],
): void {
  const owners = new Map<string, Listed>();
  for (const found of packages)
    for (const name of namesOf(found)) {
      const first = owners.get(name);
      if (first === found)
        throw new CatalogError(`${found.file}: ${what} ${name} is twice in the package ${found.entry}`);
      if (first)
        throw new CatalogError(
          `${found.file}: ${what} ${name} is in two packages, ${first.entry} and ${found.entry}` +
            (first.file === found.file ? '' : ` (the first is listed in ${first.file})`),
        );
      owners.set(name, found);
    }
}

/** Its runs could be started, and none would ever end: no worker of this catalog serves the step. */
function refuseMissingSkills(packages: readonly Listed[]): void {
  const known = packages.flatMap(({ skills }) => skills.map(({ skill }) => skill));
  for (const { file, entry, workflows } of packages)
    for (const workflow of workflows)
      for (const { id, version } of workflow.skills.values()) {
        const others = known.filter(skill => skill.id === id);
        if (others.some(skill => skill.version === version)) continue;
        const there = others.length === 0 ? '' : `; it has ${others.map(versioned).join(', ')}`;
        throw new CatalogError(
          `${file}: the workflow ${versioned(workflow)} of the package ${entry} uses the skill ${id}@${version}, ` +
            `which no package of this catalog holds: list its package too${there}`,
        );
      }
}

function compareVersions(a: string, b: string): number {
  const [left, right] = [a, b].map(version => version.split('.').map(Number));
  return [0, 1, 2].map(i => left![i]! - right![i]!).find(difference => difference !== 0) ?? 0;
}
