import { readFile } from 'node:fs/promises';
import { CliError, EXIT, reasonOf } from './errors.js';

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
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    throw new CliError(`${path} is not JSON: ${reasonOf(error)}`, EXIT.usage);
  }
}
