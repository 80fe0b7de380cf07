import type {
  NewTenantRequest,
  Tenant,
  TenantList,
  TenantRequest,
  TenantWithUsage,
  operations,
} from '../generated/openapi.js';
import type { CallOptions, Wire } from '../wire.js';

export type TenantQuery = NonNullable<operations['listTenants']['parameters']['query']>;

/** The calls that are about tenants; all but the first are the operator's. */
export interface TenantCalls {
  /** The tenant whose key is used: its limits, and what it has. */
  getOwnTenant(options?: CallOptions): Promise<TenantWithUsage>;
  createTenant(request: NewTenantRequest, options?: CallOptions): Promise<Tenant>;
  /** One page of the tenants, by their ids. */
  listTenants(query?: TenantQuery, options?: CallOptions): Promise<TenantList>;
  getTenant(tenantId: string, options?: CallOptions): Promise<TenantWithUsage>;
  /** Replaces a tenant's name and limits. */
  putTenant(tenantId: string, request: TenantRequest, options?: CallOptions): Promise<Tenant>;
  /** Begins to delete a tenant with all that it owns. */
  deleteTenant(tenantId: string, options?: CallOptions): Promise<Tenant>;
}

const byTenant = (tenantId: string) => ({ path: { tenantId } });

export function tenantCalls({ http, read }: Wire): TenantCalls {
  return {
    getOwnTenant: ({ signal } = {}) => read(http.GET('/v1/tenant', { signal }), signal),
    createTenant: (body, { signal } = {}) => read(http.POST('/v1/tenants', { body, signal }), signal),
    listTenants: (query = {}, { signal } = {}) =>
      read(http.GET('/v1/tenants', { params: { query }, signal }), signal),
    getTenant: (tenantId, { signal } = {}) =>
      read(http.GET('/v1/tenants/{tenantId}', { params: byTenant(tenantId), signal }), signal),
    putTenant: (tenantId, body, { signal } = {}) =>
      read(http.PUT('/v1/tenants/{tenantId}', { params: byTenant(tenantId), body, signal }), signal),
    deleteTenant: (tenantId, { signal } = {}) =>
      read(http.DELETE('/v1/tenants/{tenantId}', { params: byTenant(tenantId), signal }), signal),
  };
}
