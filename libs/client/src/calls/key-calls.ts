import type {
  Caller,
  Key,
  KeyList,
  KeyRequest,
  KeyRotation,
  NewKey,
  operations,
} from '../generated/openapi.js';
import { byId, type CallOptions, type Wire } from '../wire.js';

export type KeyQuery = NonNullable<operations['listKeys']['parameters']['query']>;

/** The calls that are about keys. */
export interface KeyCalls {
  /** On whose behalf this client asks. */
  caller(options?: CallOptions): Promise<Caller>;
  /** Makes a key, which is in this answer only. */
  createKey(request: KeyRequest, options?: CallOptions): Promise<NewKey>;
  /** Makes a key of any tenant: for the operator. */
  createTenantKey(tenantId: string, request: KeyRequest, options?: CallOptions): Promise<NewKey>;
  /** One page of the records of keys, newest first. */
  listKeys(query?: KeyQuery, options?: CallOptions): Promise<KeyList>;
  getKey(keyId: string, options?: CallOptions): Promise<Key>;
  /** Replaces what is said of a key. */
  updateKey(keyId: string, request: KeyRequest, options?: CallOptions): Promise<Key>;
  /** Gives a key a new secret, which is in this answer only; the old one is taken for a while yet. */
  rotateKey(keyId: string, request?: KeyRotation, options?: CallOptions): Promise<NewKey>;
  revokeKey(keyId: string, options?: CallOptions): Promise<Key>;
}

export function keyCalls({ http, read }: Wire): KeyCalls {
  return {
    caller: ({ signal } = {}) => read(http.GET('/v1/caller', { signal }), signal),
    createKey: (body, { signal } = {}) => read(http.POST('/v1/keys', { body, signal }), signal),
    createTenantKey: (tenantId, body, { signal } = {}) => {
      const params = { path: { tenantId } };
      return read(http.POST('/v1/tenants/{tenantId}/keys', { params, body, signal }), signal);
    },
    listKeys: (query = {}, { signal } = {}) =>
      read(http.GET('/v1/keys', { params: { query }, signal }), signal),
    getKey: (id, { signal } = {}) => read(http.GET('/v1/keys/{id}', { params: byId(id), signal }), signal),
    updateKey: (id, body, { signal } = {}) =>
      read(http.PUT('/v1/keys/{id}', { params: byId(id), body, signal }), signal),
    rotateKey: (id, body = {}, { signal } = {}) =>
      read(http.POST('/v1/keys/{id}/rotate', { params: byId(id), body, signal }), signal),
    revokeKey: (id, { signal } = {}) =>
      read(http.POST('/v1/keys/{id}/revoke', { params: byId(id), signal }), signal),
  };
}
