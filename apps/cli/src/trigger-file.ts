import { readFile } from 'node:fs/promises';
import { text as textOf } from 'node:stream/consumers';
import { CliError, EXIT, reasonOf } from './errors.js';
import { namedPath } from './places.js';

/**
 * Reads a trigger. Only that it is JSON is checked here: the API knows the workflow's rules.
 * @throws CliError with exit code 2 that names the file
 */
export const readTrigger = (path: string): Promise<unknown> => readJson('trigger', path);

/**
 * Reads the JSON that an option names: of a file, or of standard input for `-`.
 * @param what it is, for messages
 * @throws CliError with exit code 2 that names the file
 */
export async function readJsonOption(
  what: string,
  name: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<unknown> {
  return name === '-'
    ? parsed(await textOf(process.stdin), 'Standard input')
    : readJson(what, namedPath(name, env));
}

async function readJson(what: string, path: string): Promise<unknown> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    throw new CliError(
      missing ? `There is no ${what} file ${path}` : `The ${what} file cannot be read: ${reasonOf(error)}`,
      EXIT.usage,
    );
  }
  return parsed(text, path);
}

function parsed(text: string, from: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    throw new CliError(`${from} is not JSON: ${reasonOf(error)}`, EXIT.usage);
  }
}
