import { readFile } from 'node:fs/promises';
import { text as textOf } from 'node:stream/consumers';
import { CliError, EXIT, reasonOf } from './errors.js';
import { namedPath } from './places.js';

/**
 * Reads a trigger. Only that it is JSON is checked here: the API knows the workflow's rules.
 * @throws CliError with exit code 2 that names the file
 */
export async function readTrigger(path: string): Promise<unknown> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    throw new CliError(
      missing ? `There is no trigger file ${path}` : `The trigger file cannot be read: ${reasonOf(error)}`,
      EXIT.usage,
    );
  }
  return parsed(text, path);
}

/**
 * Reads the trigger that an option names: a file, or standard input for `-`.
 * @throws CliError with exit code 2 that names the file
 */
export async function readTriggerOption(
  name: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<unknown> {
  return name === '-'
    ? parsed(await textOf(process.stdin), 'Standard input')
    : readTrigger(namedPath(name, env));
}

function parsed(text: string, from: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    throw new CliError(`${from} is not JSON: ${reasonOf(error)}`, EXIT.usage);
  }
}
