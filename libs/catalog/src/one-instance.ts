import { readFile, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CatalogError } from './catalog-error.js';
import { installedPackage } from './find-package.js';
import type { PackageManifest } from './package-manifest.js';

const HERE = fileURLToPath(import.meta.url);

/**
 * Refuses a package that would bring a second instance of the libraries that skills and workflows are made with. An
 * error thrown with the class of another instance is a stranger to the engine, which would then try again what can
 * never succeed; and a fingerprint would be taken of code that is not the one running.
 *
 * @throws CatalogError naming both places and versions.
 */
export async function refuseOtherInstances(
  { path, folder, skills, workflows }: PackageManifest,
  entry: string,
): Promise<void> {
  const needed = [
    ...(skills.length > 0 ? ['@cairn/skill-kit'] : []),
    ...(workflows.length > 0 ? ['@cairn/pipeline'] : []),
  ];
  for (const name of needed) {
    const [own, theirs] = await Promise.all([instanceOf(name, HERE), instanceOf(name, join(folder, 'x.js'))]);
    // Without one of its own it fails where it imports it, or needs none.
    if (!own || !theirs || own.folder === theirs.folder) continue;
    throw new CatalogError(
      `${path}: the package ${entry} stands on another instance of ${name}, ${theirs.version} in ${theirs.folder}; ` +
        `this Cairn has ${own.version} in ${own.folder}: make it "${name}": "file:${own.folder}" and run "npm install"`,
    );
  }
}

async function instanceOf(name: string, file: string) {
  const installed = installedPackage(name, file);
  if (installed === undefined) return undefined;
  const folder = await realpath(installed);
  const { version } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as {
    version?: string;
  };
  return { folder, version: version ?? 'no version' };
}
