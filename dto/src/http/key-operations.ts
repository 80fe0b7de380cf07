import { closed } from '../types/scalars.js';
import { CallerInfo, Key, KeyList, KeyListQuery, KeyRequest, KeyRotation, NewKey } from './keys.js';
import type { OperationSpec } from './operation-spec.js';
import { IdParams } from './runs.js';
import { TenantParams } from './tenants.js';

const NO_QUERY = closed({});
const READ = ['VALIDATION_ERROR', 'INTERNAL', 'DATABASE_UNAVAILABLE'] as const;
const WITH_BODY = [...READ, 'INVALID_JSON', 'BODY_TOO_LARGE', 'UNSUPPORTED_MEDIA_TYPE'] as const;
const MADE = {
  201: {
    description: 'The record, and the key: this is the only answer that has it.',
    schema: NewKey,
    headers: { Location: 'The path of the record.' },
  },
};

/** Who may use the API, and as what. */
export const keyOperations = {
  getCaller: {
    method: 'get',
    path: '/v1/caller',
    tag: 'keys',
    access: 'viewer',
    summary: 'Say on whose behalf this request is made',
    query: NO_QUERY,
    answers: { 200: { description: 'Tenant, role and key.', schema: CallerInfo } },
    problems: READ,
  },
  createKey: {
    method: 'post',
    path: '/v1/keys',
    tag: 'keys',
    access: 'admin',
    summary: 'Make a key',
    description: "Of the caller's own tenant.",
    query: NO_QUERY,
    body: KeyRequest,
    answers: MADE,
    problems: [...WITH_BODY, 'NOT_FOUND', 'CONFLICT'],
  },
  listKeys: {
    method: 'get',
    path: '/v1/keys',
    tag: 'keys',
    access: 'admin',
    summary: 'List keys, newest first',
    description: 'Those that are revoked too: events name keys by id.',
    query: KeyListQuery,
    answers: { 200: { description: 'One page.', schema: KeyList } },
    problems: READ,
  },
  getKey: {
    method: 'get',
    path: '/v1/keys/{id}',
    tag: 'keys',
    access: 'admin',
    summary: 'Read the record of a key',
    params: IdParams,
    query: NO_QUERY,
    answers: { 200: { description: 'The record as it is now.', schema: Key } },
    problems: [...READ, 'NOT_FOUND'],
  },
  updateKey: {
    method: 'put',
    path: '/v1/keys/{id}',
    tag: 'keys',
    access: 'admin',
    summary: 'Replace what is said of a key',
    description: 'What is absent is so afterwards too. The key itself stays as it is.',
    params: IdParams,
    query: NO_QUERY,
    body: KeyRequest,
    answers: { 200: { description: 'The record as it is now.', schema: Key } },
    problems: [...WITH_BODY, 'NOT_FOUND', 'CONFLICT'],
  },
  rotateKey: {
    method: 'post',
    path: '/v1/keys/{id}/rotate',
    tag: 'keys',
    access: 'admin',
    summary: 'Give a key a new secret',
    description:
      'The key as it was is taken for a while yet, so that those who use it can change over. What it was before an earlier rotation is not taken any more.',
    params: IdParams,
    query: NO_QUERY,
    body: KeyRotation,
    answers: {
      200: {
        description: 'The record, and the new key: this is the only answer that has it.',
        schema: NewKey,
      },
    },
    problems: [...WITH_BODY, 'NOT_FOUND', 'CONFLICT'],
  },
  revokeKey: {
    method: 'post',
    path: '/v1/keys/{id}/revoke',
    tag: 'keys',
    access: 'admin',
    summary: 'Revoke a key',
    description: 'It opens nothing from now on, and does not come back. Revoking twice is as revoking once.',
    params: IdParams,
    query: NO_QUERY,
    answers: { 200: { description: 'The record as it is now.', schema: Key } },
    problems: [...READ, 'NOT_FOUND'],
  },
  createTenantKey: {
    method: 'post',
    path: '/v1/tenants/{tenantId}/keys',
    tag: 'keys',
    access: 'operator',
    summary: 'Make a key of any tenant',
    description: 'E.g. the first of an administrator, who makes the others.',
    params: TenantParams,
    query: NO_QUERY,
    body: KeyRequest,
    answers: MADE,
    problems: [...WITH_BODY, 'NOT_FOUND', 'CONFLICT'],
  },
} as const satisfies Record<string, OperationSpec>;
