import { closed } from '../types/scalars.js';
import type { OperationSpec } from './operation-spec.js';
import { IdParams } from './runs.js';
import {
  Collection,
  CollectionRequest,
  Pin,
  Retention,
  StoreUsage,
  Verification,
  VerificationRequest,
} from './store.js';

const NO_QUERY = closed({});
const READ = ['VALIDATION_ERROR', 'FORBIDDEN_HOST', 'INTERNAL', 'DATABASE_UNAVAILABLE'] as const;
const CHANGE = [...READ, 'FORBIDDEN_ORIGIN'] as const;
const WITH_BODY = [...CHANGE, 'INVALID_JSON', 'BODY_TOO_LARGE', 'UNSUPPORTED_MEDIA_TYPE'] as const;

/** What is kept, for how long, and whether it is whole. */
export const storeOperations = {
  deleteRun: {
    method: 'delete',
    path: '/v1/runs/{id}',
    tag: 'runs',
    access: 'admin',
    summary: 'Delete a run that has ended',
    description:
      'With its steps and artifacts; a pinned artifact stays, without a run. Its cache entries stay and are hits for other runs. Bytes that nothing else names go with a later collection. A pinned run is not deleted.',
    params: IdParams,
    query: NO_QUERY,
    answers: { 204: { description: 'It is deleted.' } },
    problems: [...CHANGE, 'NOT_FOUND', 'CONFLICT'],
  },
  pinRun: {
    method: 'put',
    path: '/v1/runs/{id}/pin',
    tag: 'runs',
    access: 'runner',
    summary: 'Keep a run, or let it go',
    description: 'A pinned run is deleted neither by retention nor by a request.',
    params: IdParams,
    query: NO_QUERY,
    body: Pin,
    answers: { 200: { description: 'As it is now.', schema: Pin } },
    problems: [...WITH_BODY, 'NOT_FOUND'],
  },
  pinArtifact: {
    method: 'put',
    path: '/v1/artifacts/{id}/pin',
    tag: 'artifacts',
    access: 'runner',
    summary: 'Keep the bytes of an artifact, or let them go',
    description:
      'Pinned bytes are not collected, and the artifact stays when its run is deleted. The pin is that of the bytes: all artifacts with the same digest share it.',
    params: IdParams,
    query: NO_QUERY,
    body: Pin,
    answers: { 200: { description: 'As it is now.', schema: Pin } },
    problems: [...WITH_BODY, 'NOT_FOUND'],
  },
  collectStore: {
    method: 'post',
    path: '/v1/store/collections',
    tag: 'store',
    access: 'admin',
    summary: 'Remove what nobody needs',
    description:
      'Runs and cache entries that are no longer kept, bytes that no record names, and what processes left behind that died. It may be done at any time, beside any run.',
    query: NO_QUERY,
    body: CollectionRequest,
    answers: {
      200: { description: 'What was removed, or with `dryRun` what would be.', schema: Collection },
    },
    problems: [...WITH_BODY, 'COLLECTION_RUNNING', 'STORE_UNAVAILABLE'],
  },
  verifyStore: {
    method: 'post',
    path: '/v1/store/verifications',
    tag: 'store',
    access: 'admin',
    summary: 'Read stored bytes and hold them against their digests',
    description:
      'A page at a time: go on with `next` until it is absent. Corrupt bytes are dropped, so that they can be made again; `damaged` names those who had them.',
    query: NO_QUERY,
    body: VerificationRequest,
    answers: { 200: { description: 'What was found.', schema: Verification } },
    problems: [...WITH_BODY, 'STORE_UNAVAILABLE'],
  },
  getStoreUsage: {
    method: 'get',
    path: '/v1/store/usage',
    tag: 'store',
    access: 'viewer',
    summary: 'Read how much is stored',
    query: NO_QUERY,
    answers: { 200: { description: 'By the records.', schema: StoreUsage } },
    problems: READ,
  },
  getRetention: {
    method: 'get',
    path: '/v1/store/retention',
    tag: 'store',
    access: 'viewer',
    summary: 'Read how long runs and cache entries are kept',
    query: NO_QUERY,
    answers: {
      200: { description: 'The rules; everything is kept for ever until there are some.', schema: Retention },
    },
    problems: READ,
  },
  putRetention: {
    method: 'put',
    path: '/v1/store/retention',
    tag: 'store',
    access: 'admin',
    summary: 'Say how long runs and cache entries are kept',
    description: 'What is older goes with the next collection, unless it is pinned or has not ended.',
    query: NO_QUERY,
    body: Retention,
    answers: { 200: { description: 'The rules as they are now.', schema: Retention } },
    problems: WITH_BODY,
  },
} as const satisfies Record<string, OperationSpec>;
