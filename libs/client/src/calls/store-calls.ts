import type {
  CacheEntryList,
  Collection,
  CollectionRequest,
  Eviction,
  EvictionRequest,
  Retention,
  StoreUsage,
  Verification,
  VerificationRequest,
  operations,
} from '../generated/openapi.js';
import type { CallOptions, Wire } from '../wire.js';

export type CacheEntryQuery = NonNullable<operations['listCacheEntries']['parameters']['query']>;

/** The calls that are about what is kept: the cache, stored bytes, and for how long. */
export interface StoreCalls {
  /** One page of what the cache keeps. */
  listCacheEntries(query?: CacheEntryQuery, options?: CallOptions): Promise<CacheEntryList>;
  /** Takes results out of the cache, or says with `dryRun` which. */
  evictCacheEntries(request: EvictionRequest, options?: CallOptions): Promise<Eviction>;
  /** Removes what nobody needs, or says with `dryRun` how much that is. */
  collectStore(request?: CollectionRequest, options?: CallOptions): Promise<Collection>;
  /** One page of a verification of stored bytes. */
  verifyStore(request?: VerificationRequest, options?: CallOptions): Promise<Verification>;
  storeUsage(options?: CallOptions): Promise<StoreUsage>;
  /** How long runs and cache entries are kept. */
  getRetention(options?: CallOptions): Promise<Retention>;
  putRetention(retention: Retention, options?: CallOptions): Promise<Retention>;
}

export function storeCalls({ http, read }: Wire): StoreCalls {
  return {
    listCacheEntries: (query = {}, { signal } = {}) =>
      read(http.GET('/v1/cache/entries', { params: { query }, signal }), signal),
    evictCacheEntries: (body, { signal } = {}) =>
      read(http.POST('/v1/cache/evictions', { body, signal }), signal),
    collectStore: (body = {}, { signal } = {}) =>
      read(http.POST('/v1/store/collections', { body, signal }), signal),
    verifyStore: (body = {}, { signal } = {}) =>
      read(http.POST('/v1/store/verifications', { body, signal }), signal),
    storeUsage: ({ signal } = {}) => read(http.GET('/v1/store/usage', { signal }), signal),
    getRetention: ({ signal } = {}) => read(http.GET('/v1/store/retention', { signal }), signal),
    putRetention: (body, { signal } = {}) => read(http.PUT('/v1/store/retention', { body, signal }), signal),
  };
}
