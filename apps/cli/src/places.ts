import { isAbsolute, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { existsSync } from 'node:fs';
import { readConfiguration } from '@cairn/configuration';

/** The folder of the installation: what relative paths of the environment are relative to. */
export const projectFolder = fileURLToPath(new URL('../../../', import.meta.url));

/** A program of this installation, as it was built. */
export const programFile = (app: 'api' | 'worker') => resolve(projectFolder, 'apps', app, 'dist', 'main.js');

/** CAIRN_HOME: where the local state lives. Absolute. */
export const homeOf = (env: Readonly<Record<string, string | undefined>>) =>
  readConfiguration({ CAIRN_HOME: env.CAIRN_HOME }, projectFolder).home;

/**
 * The absolute path of a file someone named on the command line. `npm start` runs in the project's folder wherever
 * it was typed, and tells that folder in INIT_CWD: the name is looked for there first.
 */
export function namedPath(
  name: string,
  env: Readonly<Record<string, string | undefined>>,
  cwd = process.cwd(),
) {
  if (isAbsolute(name)) return name;
  const typed = env.INIT_CWD ? resolve(env.INIT_CWD, name) : undefined;
  return typed !== undefined && existsSync(typed) ? typed : resolve(cwd, name);
}
