import type { CairnClient, RunSummary } from '@cairn/client';
import { CliError, EXIT } from '../errors.js';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
/** Among so many of the newest runs a part of an id is looked for. */
const LOOKED_AT = 200;

/** How runs may be named, for help texts. */
export const RUN_ARGUMENT = 'id of a run, the end or beginning of one (four digits or more), or `last`';

/**
 * The id of the run that somebody named: its id, the beginning or end of the id of one of the newest 200, or `last`.
 * A whole id is not looked up.
 * @throws CliError with exit code 3 where there is none, 2 where several or something that is no id are named
 */
export async function findRun(client: CairnClient, named: string): Promise<string> {
  const text = named.toLowerCase();
  if (UUID.test(text)) return text;
  if (text === 'last') {
    const { items } = await client.listRuns({ limit: 1 });
    if (items[0]) return items[0].id;
    throw new CliError('There is no run yet', EXIT.notFound, [
      'cairn run WORKFLOW --trigger FILE starts one',
    ]);
  }
  if (!/^[0-9a-f-]{4,}$/.test(text))
    throw new CliError(`${JSON.stringify(named)} is no run: give the ${RUN_ARGUMENT}`, EXIT.usage);
  const { items } = await client.listRuns({ limit: LOOKED_AT });
  return theOne(
    named,
    items.filter(({ id }) => id.startsWith(text) || id.endsWith(text)),
  );
}

function theOne(named: string, found: readonly RunSummary[]): string {
  const [first, second] = found;
  if (first && !second) return first.id;
  if (!first)
    throw new CliError(`None of the newest ${LOOKED_AT} runs begins or ends with ${named}`, EXIT.notFound, [
      'cairn runs list shows them; an older one is found by its whole id',
    ]);
  throw new CliError(
    `${found.length} runs begin or end with ${named}`,
    EXIT.usage,
    found.slice(0, 5).map(({ id, workflowName, status }) => `${id}  ${workflowName}  ${status}`),
  );
}
