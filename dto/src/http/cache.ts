import { Type, type Static } from 'typebox';
import { closed, oneOf, Sha256 } from '../types/scalars.js';
import { Instant, PageQuery, Uuid, page } from './scalars.js';
import { WorkflowName } from './runs.js';

/** By which a result in the cache is found: all that are given must hold. */
const ENTRY_FILTER = {
  skillId: Type.Optional(
    Type.String({ minLength: 1, maxLength: 64, description: 'The skill that made it.' }),
  ),
  workflowName: Type.Optional(
    Type.String({ ...WorkflowName, description: 'The workflow in which it was made.' }),
  ),
  stepId: Type.Optional(
    Type.String({ minLength: 1, maxLength: 64, description: 'The step in which it was made.' }),
  ),
  createdAfter: Type.Optional(
    Type.String({ format: 'date-time', description: 'Made then or later; ISO 8601 with its offset.' }),
  ),
  createdBefore: Type.Optional(
    Type.String({ format: 'date-time', description: 'Made earlier than then; ISO 8601 with its offset.' }),
  ),
};

/** A result that the cache keeps. */
export const CacheEntry = closed(
  {
    cacheKey: Sha256,
    skillId: Type.String(),
    workflowName: Type.String({ description: 'Where it was made: workflow, step and run.' }),
    stepId: Type.String(),
    runId: Uuid,
    scope: oneOf('global', 'run_only'),
    inputHash: Type.String(),
    hitCount: Type.Integer({ minimum: 0 }),
    lastHitAt: Type.Optional(Instant),
    durationMs: Type.Optional(
      Type.Integer({ minimum: 0, description: 'What the execution took, in milliseconds.' }),
    ),
    savedMs: Type.Integer({
      minimum: 0,
      description: 'What its hits have saved: `hitCount` times `durationMs`.',
    }),
    digests: Type.Array(Sha256, { description: 'The bytes that it names.' }),
    createdAt: Instant,
    expiresAt: Type.Optional(Type.String({ ...Instant, description: 'From then on it is no hit.' })),
  },
  { title: 'CacheEntry' },
);
export type CacheEntry = Static<typeof CacheEntry>;

export const CacheEntryList = page('CacheEntryList', CacheEntry);
export type CacheEntryList = Static<typeof CacheEntryList>;

/** The query of `GET /v1/cache/entries`. */
export const CacheEntryListQuery = closed({
  ...PageQuery,
  ...ENTRY_FILTER,
  cacheKey: Type.Optional(Type.String({ ...Sha256, description: 'The entry of this key.' })),
});

/** How many entries the answer to an eviction names. */
export const MAX_EVICTED_SHOWN = 100;

/** `POST /v1/cache/evictions`. */
export const EvictionRequest = closed(
  {
    ...ENTRY_FILTER,
    cacheKeys: Type.Optional(
      Type.Array(Sha256, { minItems: 1, maxItems: 1000, description: 'The entries of these keys.' }),
    ),
    all: Type.Optional(
      Type.Literal(true, { description: 'Every entry of the tenant; instead of any filter.' }),
    ),
    dryRun: Type.Optional(Type.Boolean({ description: 'Says what would be evicted, and evicts nothing.' })),
  },
  { title: 'EvictionRequest' },
);
export type EvictionRequest = Static<typeof EvictionRequest>;

/** What was evicted, or with `dryRun` what would be. */
export const Eviction = closed(
  {
    dryRun: Type.Boolean(),
    evicted: Type.Integer({ minimum: 0 }),
    entries: Type.Array(CacheEntry, { description: `The newest ${MAX_EVICTED_SHOWN} of them.` }),
  },
  { title: 'Eviction' },
);
export type Eviction = Static<typeof Eviction>;
