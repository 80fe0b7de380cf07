import { closed } from '../types/scalars.js';
import { Gate, GateDecisionRequest, GateList, GateListQuery } from './gates.js';
import type { OperationSpec } from './operation-spec.js';
import { IdParams } from './runs.js';

const NO_QUERY = closed({});
const READ = ['VALIDATION_ERROR', 'FORBIDDEN_HOST', 'INTERNAL', 'DATABASE_UNAVAILABLE'] as const;

/** Steps of runs that wait for somebody's approval. */
export const gateOperations = {
  listGates: {
    method: 'get',
    path: '/v1/gates',
    tag: 'gates',
    access: 'viewer',
    summary: 'List gates, newest first',
    query: GateListQuery,
    answers: { 200: { description: 'One page.', schema: GateList } },
    problems: READ,
  },
  getGate: {
    method: 'get',
    path: '/v1/gates/{id}',
    tag: 'gates',
    access: 'viewer',
    summary: 'Read a gate, with what it shows',
    params: IdParams,
    query: NO_QUERY,
    answers: { 200: { description: 'The gate as it is now.', schema: Gate } },
    problems: [...READ, 'NOT_FOUND'],
  },
  decideGate: {
    method: 'post',
    path: '/v1/gates/{id}/decision',
    tag: 'gates',
    access: 'approver',
    summary: 'Approve or reject what a gate shows',
    description:
      'The decision names the digest of what was shown, so that nobody decides on what they have not seen. It counts once it is recorded; should Temporal be away, the run goes on when Temporal is back. The same decision by the same person again changes nothing.',
    params: IdParams,
    query: NO_QUERY,
    body: GateDecisionRequest,
    answers: { 200: { description: 'The gate as it is now.', schema: Gate } },
    problems: [
      ...READ,
      'NOT_FOUND',
      'INVALID_JSON',
      'BODY_TOO_LARGE',
      'UNSUPPORTED_MEDIA_TYPE',
      'FORBIDDEN_ORIGIN',
      'ROLE_MISSING',
      'GATE_DIGEST_DIFFERS',
      'GATE_CLOSED',
    ],
  },
} as const satisfies Record<string, OperationSpec>;
