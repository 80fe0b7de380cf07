import { existsSync } from 'node:fs';
import { realpath } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { CatalogError } from './catalog-error.js';
import type { CatalogEntry } from './catalog-file.js';

/**
 * The folder of a package that a catalog lists; links are followed.
 * @throws CatalogError when there is none.
 */
export async function findPackage({ entry, file }: CatalogEntry): Promise<string> {
  const isPath = entry.startsWith('.') || isAbsolute(entry);
  const folder = isPath ? resolve(dirname(file), entry) : installedPackage(entry, file);
  if (folder === undefined)
    throw new CatalogError(
      `${file}: the package ${entry} is not installed; "npm install", or "./" before it if it is a folder`,
    );
  if (!existsSync(join(folder, 'package.json')))
    throw new CatalogError(`${file}: the package ${entry} is not there: no ${join(folder, 'package.json')}`);
  return realpath(folder);
}

/**
 * The folder in which an import from `file` would find a package, whether or not the package lets others see its
 * package.json.
 */
export function installedPackage(name: string, file: string): string | undefined {
  const folders = createRequire(file).resolve.paths(name) ?? [];
  return folders.map(folder => join(folder, name)).find(folder => existsSync(join(folder, 'package.json')));
}
