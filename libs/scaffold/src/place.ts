import { existsSync, realpathSync } from 'node:fs';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { ScaffoldError } from './scaffold-error.js';

/** Where a new folder goes, and how what is in it finds Cairn. */
export interface Place {
  /** Absolute; it is not there yet. */
  readonly folder: string;
  /**
   * `workspace`: beside the skills or workflows that come with Cairn, as one of them. `standalone`: a package of its
   * own that reaches Cairn's packages by path.
   */
  readonly layout: 'standalone' | 'workspace';
  /** The folder of the Cairn that it is made for. */
  readonly installation: string;
}

/**
 * @param parent the folder in which it is made; it need not be there.
 * @throws ScaffoldError when something of this name is there already.
 */
export function placeFor(name: string, parent: string, installation: string): Place {
  const root = realpathSync(installation);
  const folder = join(realFolder(resolve(parent)), name);
  if (existsSync(folder))
    throw new ScaffoldError(`${folder} is there already, and nothing is overwritten: choose another name`);
  const isMember =
    dirname(dirname(folder)) === root && ['skills', 'workflows'].includes(basename(dirname(folder)));
  return { folder, layout: isMember ? 'workspace' : 'standalone', installation: root };
}

/** A `file:` dependency, relative as npm writes it. */
export const fileDependency = (from: string, to: string) => `file:${relativePath(from, to)}`;

/** The path of a folder as seen from another, with `/` and never empty. */
export function relativePath(from: string, to: string): string {
  const path = relative(from, to).split(sep).join('/');
  return path.startsWith('.') ? path : `./${path}`;
}

/** Its real path: links between it and the installation would make relative paths lead elsewhere. */
function realFolder(folder: string): string {
  if (existsSync(folder)) return realpathSync(folder);
  return dirname(folder) === folder ? folder : join(realFolder(dirname(folder)), basename(folder));
}
