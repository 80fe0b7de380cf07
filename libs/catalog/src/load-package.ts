import { existsSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import type { AnyWorkflow } from '@cairn/pipeline';
import type { AnySkill } from '@cairn/skill-kit';
import { CatalogError } from './catalog-error.js';
import { refuseOtherInstances } from './one-instance.js';
import { readPackageManifest, type PackageManifest } from './package-manifest.js';

/** A skill's declaration, and the file with its other half, which only the worker loads. */
export interface CatalogSkill {
  readonly skill: AnySkill;
  /** Absolute path of the compiled `run.js`. */
  readonly run: string;
  /** The package it comes from. */
  readonly packageName: string;
}

/** A package, and the declarations that it holds. */
export interface CatalogPackage {
  readonly name: string;
  /** Absolute; links are followed. */
  readonly folder: string;
  readonly skills: readonly CatalogSkill[];
  readonly workflows: readonly AnyWorkflow[];
}

/**
 * Loads the declarations of the package in a folder; implementations are not loaded.
 *
 * @param entry what the package was asked for as, for messages.
 * @throws CatalogError when it does not say what it holds, is not built, holds something else than it says, or stands
 *   on another instance of Cairn's libraries than the program that loads it.
 */
export async function loadPackage(folder: string, entry: string = folder): Promise<CatalogPackage> {
  const manifest = await readPackageManifest(folder, entry);
  const { name } = manifest;
  await refuseOtherInstances(manifest, entry);
  const skills: CatalogSkill[] = [];
  for (const { skill: file, run } of manifest.skills) {
    for (const half of [file, run]) refuseUnbuilt(half, manifest, entry);
    const [skill, ...others] = await exportsOf(file, isSkill, 'a skill', entry);
    if (others.length > 0)
      throw new CatalogError(`${file}: the package ${entry}: it exports several skills for one run`);
    skills.push({ skill: skill!, run, packageName: name });
  }
  const workflows: AnyWorkflow[] = [];
  for (const file of manifest.workflows) {
    refuseUnbuilt(file, manifest, entry);
    workflows.push(...(await exportsOf(file, isWorkflow, 'a workflow', entry)));
  }
  return { name, folder, skills, workflows };
}

function refuseUnbuilt(file: string, { folder }: PackageManifest, entry: string): void {
  if (!existsSync(file))
    throw new CatalogError(
      `${file} is not there: the package ${entry} is not built; run "npm run build" in ${folder}`,
    );
}

async function exportsOf<T>(
  file: string,
  is: (value: unknown) => value is T,
  what: string,
  entry: string,
): Promise<readonly T[]> {
  const loaded = await import(pathToFileURL(file).href).catch((error: unknown) => {
    const { code = '', message = String(error) } = error as { code?: string; message?: string };
    const hint = code.endsWith('MODULE_NOT_FOUND') ? '; is all that it needs installed ("npm install")?' : '';
    throw new CatalogError(`${file}: the package ${entry} cannot be loaded: ${message}${hint}`, {
      cause: error,
    });
  });
  const found = [...new Set(Object.values(loaded as Record<string, unknown>))].filter(is);
  if (found.length === 0) throw new CatalogError(`${file}: the package ${entry}: it does not export ${what}`);
  return found;
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  value !== null && typeof value === 'object';
const isWorkflow = (value: unknown): value is AnyWorkflow => isObject(value) && isObject(value['graph']);
const isSkill = (value: unknown): value is AnySkill => isObject(value) && isObject(value['spec']);
