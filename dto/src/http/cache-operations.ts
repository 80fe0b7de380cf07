import { CacheEntryList, CacheEntryListQuery, Eviction, EvictionRequest } from './cache.js';
import { closed } from '../types/scalars.js';
import type { OperationSpec } from './operation-spec.js';

/** What the cache keeps, and how results that are valid but bad are taken out of it. */
export const cacheOperations = {
  listCacheEntries: {
    method: 'get',
    path: '/v1/cache/entries',
    tag: 'cache',
    access: 'viewer',
    summary: 'List what the cache keeps, newest first',
    query: CacheEntryListQuery,
    answers: { 200: { description: 'One page.', schema: CacheEntryList } },
    problems: ['VALIDATION_ERROR', 'FORBIDDEN_HOST', 'INTERNAL', 'DATABASE_UNAVAILABLE'],
  },
  evictCacheEntries: {
    method: 'post',
    path: '/v1/cache/evictions',
    tag: 'cache',
    access: 'admin',
    summary: 'Take results out of the cache',
    description:
      'By at least one filter; all that are given must hold. The next run that needs such a result makes it again. Runs keep what they have.',
    query: closed({}),
    body: EvictionRequest,
    answers: { 200: { description: 'What was evicted, or with `dryRun` what would be.', schema: Eviction } },
    problems: [
      'VALIDATION_ERROR',
      'INVALID_JSON',
      'FORBIDDEN_HOST',
      'FORBIDDEN_ORIGIN',
      'BODY_TOO_LARGE',
      'UNSUPPORTED_MEDIA_TYPE',
      'INTERNAL',
      'DATABASE_UNAVAILABLE',
    ],
  },
} as const satisfies Record<string, OperationSpec>;
