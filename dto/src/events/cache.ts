import { Type } from 'typebox';
import { AnyObject } from '../http/scalars.js';
import { Sha256 } from '../types/scalars.js';
import { count } from './fields.js';
import { eventType } from './event-type.js';

const digests = (description: string) => Type.Array(Sha256, { description });
const replacement = {
  cacheKey: Type.String(),
  before: digests('What was recorded.'),
  after: digests('What was made now.'),
};

/** What becomes of results in the cache. */
export const cacheEvents = {
  'cache.evicted': eventType(
    'Results were taken out of the cache; the next run that needs one makes it again.',
    {
      evicted: count('How many.'),
      filter: AnyObject,
      all: Type.Optional(Type.Literal(true)),
    },
  ),
  'cache.entry_healed': eventType(
    'A result whose bytes were missing or wrong was made again, and is as it was.',
    replacement,
  ),
  'cache.entry_replaced': eventType(
    'A result whose bytes were missing or wrong was made again, and is another one now.',
    replacement,
  ),
};
