import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { AnyWorkflow } from '@cairn/pipeline';
import type { AnySkill } from '@cairn/skill-kit';

/** A skill's declaration, and the file with its other half, which only the worker loads. */
export interface CatalogSkill {
  readonly skill: AnySkill;
  /** Absolute path of the compiled `run.js`. */
  readonly run: string;
  /** The package it comes from. */
  readonly packageName: string;
}

/** What an installation offers: the workflows and skills of the packages that its catalog file lists. */
export interface Catalog {
  readonly workflows: readonly AnyWorkflow[];
  readonly skills: readonly CatalogSkill[];
  /** The workflow of this name; the highest version unless one is named. */
  workflow(name: string, version?: string): AnyWorkflow | undefined;
}

/** The catalog file, or a package that it lists, cannot be used; the message names both. */
export class CatalogError extends Error {
  readonly code = 'CATALOG';
}

interface PackageManifest {
  readonly name: string;
  readonly cairn?: { readonly skill?: string; readonly run?: string; readonly workflow?: string };
}

const SHIPPED = fileURLToPath(new URL('../catalog.json', import.meta.url));

/**
 * Loads the packages of a catalog file, `{"packages": ["@cairn/skill-generate-bgm", "./my-skill"]}`: names are
 * resolved as an import in the file's folder would be, paths relative to it. A package says in its package.json
 * what it holds: `"cairn": {"skill": "./dist/skill.js", "run": "./dist/run.js"}` or
 * `"cairn": {"workflow": "./dist/workflow.js"}`. Implementations are not loaded.
 *
 * @param file the catalog file; the shipped one when absent.
 * @throws CatalogError
 */
export async function loadCatalog(file: string = SHIPPED): Promise<Catalog> {
  const workflows: AnyWorkflow[] = [];
  const skills: CatalogSkill[] = [];
  for (const entry of await readPackages(file)) {
    const manifestPath = locate(entry, file);
    const manifest = await readJson<PackageManifest>(manifestPath, `the package ${entry}`);
    const at = (path: string) => join(dirname(manifestPath), path);
    const { skill, run, workflow } = manifest.cairn ?? {};
    if (workflow !== undefined) workflows.push(...(await exportsOf(at(workflow), isWorkflow)));
    else if (skill !== undefined && run !== undefined)
      for (const found of await exportsOf(at(skill), isSkill))
        skills.push({ skill: found, run: at(run), packageName: manifest.name });
    else throw new CatalogError(`${manifestPath}: "cairn" names neither a workflow nor a skill with its run`);
  }
  refuseTwins(
    skills.map(({ skill }) => skill.id),
    file,
  );
  refuseTwins(
    workflows.map(({ name, version }) => `${name}@${version}`),
    file,
  );
  const newestFirst = [...workflows].sort((a, b) => compareVersions(b.version, a.version));
  return {
    workflows,
    skills,
    workflow: (name, version) =>
      newestFirst.find(w => w.name === name && (version === undefined || w.version === version)),
  };
}

async function readPackages(file: string): Promise<readonly string[]> {
  const { packages } = await readJson<{ packages?: unknown }>(file, 'the catalog');
  if (!Array.isArray(packages) || packages.some(name => typeof name !== 'string'))
    throw new CatalogError(`${file}: "packages" is not a list of package names or paths`);
  return packages as string[];
}

async function readJson<T>(path: string, what: string): Promise<T> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as T;
  } catch (error) {
    throw new CatalogError(`${path}: ${what} cannot be read: ${(error as Error).message}`, { cause: error });
  }
}

function locate(entry: string, file: string): string {
  if (entry.startsWith('.') || isAbsolute(entry)) return resolve(dirname(file), entry, 'package.json');
  try {
    return createRequire(file).resolve(`${entry}/package.json`);
  } catch (error) {
    throw new CatalogError(`${file}: the package ${entry} is not installed`, { cause: error });
  }
}

async function exportsOf<T>(path: string, is: (value: unknown) => value is T): Promise<T[]> {
  const loaded = await import(pathToFileURL(path).href).catch((error: unknown) => {
    throw new CatalogError(`${path} cannot be loaded: ${(error as Error).message}`, { cause: error });
  });
  const found = Object.values(loaded as Record<string, unknown>).filter(is);
  if (found.length === 0) throw new CatalogError(`${path} exports neither a skill nor a workflow`);
  return [...new Set(found)];
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  value !== null && typeof value === 'object';
const isWorkflow = (value: unknown): value is AnyWorkflow => isObject(value) && isObject(value['graph']);
const isSkill = (value: unknown): value is AnySkill => isObject(value) && isObject(value['spec']);

function refuseTwins(names: readonly string[], file: string): void {
  const twin = names.find((name, index) => names.indexOf(name) !== index);
  if (twin !== undefined) throw new CatalogError(`${file}: ${twin} is there twice`);
}

function compareVersions(a: string, b: string): number {
  const [left, right] = [a, b].map(version => version.split('.').map(Number));
  return [0, 1, 2].map(i => left![i]! - right![i]!).find(difference => difference !== 0) ?? 0;
}
