import { readFile } from 'node:fs/promises';
import { CatalogError } from './catalog-error.js';

/**
 * Reads a file that must hold a JSON object.
 * @param what it is, e.g. `the catalog`.
 * @throws CatalogError
 */
export async function readJsonObject(path: string, what: string): Promise<Readonly<Record<string, unknown>>> {
  let value: unknown;
  try {
    value = JSON.parse(await readFile(path, 'utf8'));
  } catch (error) {
    throw new CatalogError(`${path}: ${what} cannot be read: ${(error as Error).message}`, { cause: error });
  }
  if (value === null || typeof value !== 'object' || Array.isArray(value))
    throw new CatalogError(`${path}: ${what} is no JSON object`);
  return value as Readonly<Record<string, unknown>>;
}
