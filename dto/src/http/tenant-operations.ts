import { closed } from '../types/scalars.js';
import type { OperationSpec } from './operation-spec.js';
import {
  NewTenantRequest,
  Tenant,
  TenantList,
  TenantListQuery,
  TenantParams,
  TenantRequest,
  TenantWithUsage,
} from './tenants.js';

const NO_QUERY = closed({});
const READ = ['VALIDATION_ERROR', 'FORBIDDEN_HOST', 'INTERNAL', 'DATABASE_UNAVAILABLE'] as const;
const CHANGE = [...READ, 'FORBIDDEN_ORIGIN'] as const;
const WITH_BODY = [...CHANGE, 'INVALID_JSON', 'BODY_TOO_LARGE', 'UNSUPPORTED_MEDIA_TYPE'] as const;

/** Whose runs and artifacts there are, and how much of them. */
export const tenantOperations = {
  getOwnTenant: {
    method: 'get',
    path: '/v1/tenant',
    tag: 'tenants',
    access: 'viewer',
    summary: 'Read the limits of the tenant whose key is used, and what it has',
    query: NO_QUERY,
    answers: { 200: { description: 'The tenant.', schema: TenantWithUsage } },
    problems: READ,
  },
  createTenant: {
    method: 'post',
    path: '/v1/tenants',
    tag: 'tenants',
    access: 'operator',
    summary: 'Make a tenant',
    description: 'An id is given once: not even a deleted tenant’s is given again.',
    query: NO_QUERY,
    body: NewTenantRequest,
    answers: {
      201: {
        description: 'The tenant.',
        schema: Tenant,
        headers: { Location: 'The path of the tenant.' },
      },
    },
    problems: [...WITH_BODY, 'CONFLICT'],
  },
  listTenants: {
    method: 'get',
    path: '/v1/tenants',
    tag: 'tenants',
    access: 'operator',
    summary: 'List tenants by their ids',
    query: TenantListQuery,
    answers: { 200: { description: 'One page.', schema: TenantList } },
    problems: READ,
  },
  getTenant: {
    method: 'get',
    path: '/v1/tenants/{tenantId}',
    tag: 'tenants',
    access: 'operator',
    summary: 'Read a tenant and what it has',
    params: TenantParams,
    query: NO_QUERY,
    answers: { 200: { description: 'The tenant.', schema: TenantWithUsage } },
    problems: [...READ, 'NOT_FOUND'],
  },
  putTenant: {
    method: 'put',
    path: '/v1/tenants/{tenantId}',
    tag: 'tenants',
    access: 'operator',
    summary: "Replace a tenant's name and limits",
    description: 'Runs that wait for their turn go on as far as the new limit lets them; none is stopped.',
    params: TenantParams,
    query: NO_QUERY,
    body: TenantRequest,
    answers: { 200: { description: 'As it is now.', schema: Tenant } },
    problems: [...WITH_BODY, 'NOT_FOUND', 'CONFLICT'],
  },
  deleteTenant: {
    method: 'delete',
    path: '/v1/tenants/{tenantId}',
    tag: 'tenants',
    access: 'operator',
    summary: 'Delete a tenant with all that it owns',
    description:
      'Its keys are refused from now on, its runs are cancelled, and everything goes: runs, artifacts with their bytes, cache entries, schedules, webhooks, events. The answer comes before that is done: `status` is `deleting`, then `deleted`. Only the id stays, so that nobody gets it again.',
    params: TenantParams,
    query: NO_QUERY,
    answers: { 202: { description: 'The tenant, which is being deleted.', schema: Tenant } },
    problems: [...CHANGE, 'NOT_FOUND', 'CONFLICT'],
  },
} as const satisfies Record<string, OperationSpec>;
