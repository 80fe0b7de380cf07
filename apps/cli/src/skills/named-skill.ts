import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { namedPath } from '../places.js';

/** A skill as it was typed: the absolute path of a folder with a package, or an id as it is. */
export function namedSkill(named: string, env: Readonly<Record<string, string | undefined>>): string {
  const folder = namedPath(named, env);
  return /[./\\]/.test(named) || existsSync(join(folder, 'package.json')) ? folder : named;
}
