import { CliError, EXIT } from '../errors.js';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
/** Among so many of the newest a part of an id is looked for. */
const LOOKED_AT = 200;

/** What may be named on the command line, and how it is told to a person. */
export interface Named<T> {
  /** E.g. `run`. */
  readonly what: string;
  /** The newest, newest first. */
  list(limit: number): Promise<{ readonly items: readonly T[] }>;
  /** One of several, in a line. */
  describe(item: T): string;
  /** What to do where there is none. */
  readonly next: string;
}

/** How things may be named, for help texts. */
export const named = (what: string) =>
  `id of a ${what}, the end or beginning of one (four digits or more), or \`last\``;

/**
 * The id of the thing that somebody named: its id, the beginning or end of the id of one of the newest 200, or `last`.
 * A whole id is not looked up.
 * @throws CliError with exit code 3 where there is none, 2 where several or something that is no id are named
 */
export async function findOne<T extends { readonly id: string }>(
  name: string,
  kind: Named<T>,
): Promise<string> {
  const { what, next } = kind;
  const text = name.toLowerCase();
  if (UUID.test(text)) return text;
  if (text === 'last') {
    const [newest] = (await kind.list(1)).items;
    if (newest) return newest.id;
    throw new CliError(`There is no ${what} yet`, EXIT.notFound, [next]);
  }
  if (!/^[0-9a-f-]{4,}$/.test(text))
    throw new CliError(`${JSON.stringify(name)} is no ${what}: give the ${named(what)}`, EXIT.usage);
  const { items } = await kind.list(LOOKED_AT);
  const found = items.filter(({ id }) => id.startsWith(text) || id.endsWith(text));
  if (found.length > 1)
    throw new CliError(`${found.length} ${what}s begin or end with ${name}`, EXIT.usage, [
      ...found.slice(0, 5).map(item => kind.describe(item)),
    ]);
  if (found[0]) return found[0].id;
  throw new CliError(`None of the newest ${LOOKED_AT} ${what}s begins or ends with ${name}`, EXIT.notFound, [
    next,
  ]);
}
