import { readFileSync, readdirSync } from 'node:fs';
import { isPackagePath } from '@cairn/dto';
import { resourceRoot } from './resource-root.js';

const absent = (error: unknown): boolean =>
  ['ENOENT', 'ENOTDIR', 'EISDIR'].includes((error as { code?: string }).code ?? '');

/**
 * The value of a JSON resource, e.g. `themes/neon_arcade/theme.json`; undefined where there is none, or where the
 * path would leave the kit.
 * @throws SyntaxError when the file is not JSON.
 */
export function readJsonResource(path: string, root: URL = resourceRoot): unknown {
  if (!isPackagePath(path)) return undefined;
  try {
    return JSON.parse(readFileSync(new URL(path, root), 'utf8')) as unknown;
  } catch (error) {
    if (absent(error)) return undefined;
    throw error;
  }
}

/** The names of the sub-folders of `templates` or `themes`, sorted. */
export function foldersOf(kind: 'templates' | 'themes', root: URL = resourceRoot): string[] {
  return readdirSync(new URL(`${kind}/`, root), { withFileTypes: true })
    .filter(entry => entry.isDirectory())
    .map(entry => entry.name)
    .sort();
}
