import { CatalogError } from '@cairn/catalog';
import { ConfigurationError } from '@cairn/configuration';
import { CairnError } from '@cairn/dto';
import { ScaffoldError } from '@cairn/scaffold';
import { CliError, EXIT } from '../errors.js';

/**
 * Does something, and says what it refuses as this command does.
 * @throws CliError: 2 for what the user can mend, 1 with the code of a skill's own error; anything else as it is.
 */
export async function refusing<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (
      error instanceof CatalogError ||
      error instanceof ConfigurationError ||
      error instanceof ScaffoldError
    )
      throw new CliError(error.message, EXIT.usage, [], error.code);
    if (!(error instanceof CairnError)) throw error;
    const rules = error.issues.map(({ path, message }) => `${path || '/'}  ${message}`);
    const exitCode = error.code === 'VALIDATION_ERROR' ? EXIT.usage : EXIT.failed;
    throw new CliError(error.message, exitCode, rules, error.code);
  }
}
