import { Type, type TSchema } from 'typebox';
import { closed } from '../types/scalars.js';

/** The id of a record. */
export const Uuid = Type.String({
  pattern: '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$',
  description: 'A UUID in lower case.',
});
/** A point in time as answers write it: ISO 8601, UTC. */
export const Instant = Type.String({ format: 'date-time', description: 'ISO 8601, UTC.' });
/** Which events: of a type, of all types of a subject (`run.*`), or all (`*`). A regular expression, without ends. */
export const TYPE_FILTER = '(\\*|[a-z][a-z0-9_]*\\.(\\*|[a-z][a-z0-9_]*))';
/** Free JSON. */
export const AnyJson = Type.Unknown();
/** A JSON object of free shape. */
export const AnyObject = Type.Record(Type.String(), Type.Unknown());

export const DEFAULT_PAGE = 50;
export const MAX_PAGE = 200;

/** What every paged list takes. */
export const PageQuery = {
  limit: Type.Optional(
    Type.Integer({ minimum: 1, maximum: MAX_PAGE, default: DEFAULT_PAGE, description: 'Items per page.' }),
  ),
  cursor: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 256,
      description: 'The `nextCursor` of the page before, as it was given.',
    }),
  ),
};

/** One page of a list. */
export function page<S extends TSchema>(title: string, item: S) {
  return closed(
    {
      items: Type.Array(item),
      nextCursor: Type.Optional(
        Type.String({ description: 'Where the next page starts; absent on the last.' }),
      ),
    },
    { title },
  );
}
