import { realpath } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CatalogError } from './catalog-error.js';
import { readJsonObject } from './read-json.js';

/** The catalog of what comes with Cairn; other catalogs name it `cairn`. */
export const SHIPPED_CATALOG = fileURLToPath(new URL('../catalog.json', import.meta.url));
const SHIPPED_NAME = 'cairn';

/** A package as a catalog file lists it. */
export interface CatalogEntry {
  /** A package name, or a path relative to the file's folder. */
  readonly entry: string;
  /** Absolute path of the catalog file. */
  readonly file: string;
}

/**
 * The packages of a catalog file, `{"extends": "cairn", "packages": ["./my_skill", "some-package"]}`, after those of
 * the catalogs that it extends: `cairn` for what comes with Cairn, or paths relative to the file. A catalog that is
 * reached twice counts once.
 *
 * @throws CatalogError for a file that is not there or not of this form, and for one that extends itself.
 */
export async function readCatalogFile(file: string): Promise<readonly CatalogEntry[]> {
  const entries: CatalogEntry[] = [];
  const done = new Set<string>();
  const visit = async (path: string, chain: readonly string[]): Promise<void> => {
    const content = await readJsonObject(path, 'the catalog');
    const real = await realpath(path);
    if (chain.includes(real)) throw new CatalogError(`${path}: "extends" leads back to this file`);
    if (done.has(real)) return;
    done.add(real);
    for (const base of extended(content['extends'], path)) await visit(base, [...chain, real]);
    for (const entry of listed(content['packages'], path)) entries.push({ entry, file: path });
  };
  await visit(resolve(file), []);
  return entries;
}

function extended(value: unknown, file: string): readonly string[] {
  const names = typeof value === 'string' ? [value] : (value ?? []);
  if (!isStrings(names))
    throw new CatalogError(`${file}: "extends" is not "cairn", the path of a catalog, or a list of these`);
  return names.map(name => (name === SHIPPED_NAME ? SHIPPED_CATALOG : resolve(dirname(file), name)));
}

function listed(value: unknown, file: string): readonly string[] {
  if (!isStrings(value))
    throw new CatalogError(`${file}: "packages" is not a list of package names or paths`);
  return value;
}

const isStrings = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.every(item => typeof item === 'string' && item !== '');
