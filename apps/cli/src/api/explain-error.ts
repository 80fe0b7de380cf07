import { CairnApiError } from '@cairn/client';
import { CliError, EXIT } from '../errors.js';

const LISTS = 'cairn runs list, cairn workflows list and cairn skills list say what there is';

/**
 * What the API said, for a person, and which exit code it is: what is refused is the user's to mend, what is not there
 * or not now has a code of its own, anything else is a failure. Other errors stay as they are.
 */
export function explained(error: unknown): unknown {
  if (!(error instanceof CairnApiError)) return error;
  const { code, message, status } = error;
  const rules = error.errors.map(issue => `${issue.path || '/'}  ${issue.message}`);
  if (code === 'UNREACHABLE')
    return new CliError(
      message,
      EXIT.unavailable,
      [
        'Start Cairn with `npm start`, or say with --url or CAIRN_URL where it answers',
        '`cairn doctor` looks at everything',
      ],
      code,
    );
  if (code === 'BAD_ANSWER')
    return new CliError(
      message,
      EXIT.unavailable,
      ['Is that address Cairn’s? --url or CAIRN_URL says another'],
      code,
    );
  if (status === 503 || code === 'COLLECTION_RUNNING')
    return new CliError(
      message,
      EXIT.unavailable,
      ['Try again in a moment; `cairn doctor` looks at everything'],
      code,
    );
  if (status === 401)
    return new CliError(
      message,
      EXIT.usage,
      ['Set CAIRN_API_KEY to a key of your tenant; `cairn keys create` makes one, for administrators'],
      code,
    );
  if (status === 429) return new CliError(`${message}; try again in a moment`, EXIT.unavailable, [], code);
  if (status === 404) return new CliError(message, EXIT.notFound, [LISTS], code);
  if (status >= 400 && status < 500 && status !== 410)
    return new CliError(`Refused (${code}): ${message}`, EXIT.usage, rules, code);
  return new CliError(`The API says ${code}: ${message}`, EXIT.failed, rules, code);
}
