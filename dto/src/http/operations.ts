import { closed } from '../types/scalars.js';
import { Artifact, ArtifactList, ArtifactListQuery } from './artifacts.js';
import { cacheOperations } from './cache-operations.js';
import { SkillList, Workflow, WorkflowList, WorkflowParams, WorkflowQuery } from './catalog.js';
import { eventOperations } from './event-operations.js';
import { eventTypeOperations } from './event-type-operations.js';
import { gateOperations } from './gate-operations.js';
import { Liveness, Readiness } from './health.js';
import { keyOperations } from './key-operations.js';
import { mapItemOperations } from './map-item-operations.js';
import { planOperations } from './plan-operations.js';
import type { OperationSpec } from './operation-spec.js';
import { AnyObject } from './scalars.js';
import { IdParams, Run, RunList, RunListQuery, StartRunHeaders, StartRunRequest } from './runs.js';
import { scheduleOperations } from './schedule-operations.js';
import { secondTryOperations } from './second-tries-operations.js';
import { storeOperations } from './store-operations.js';
import { tenantOperations } from './tenant-operations.js';
import { uploadOperations } from './upload-operations.js';
import { webhookOperations } from './webhook-operations.js';

const NO_QUERY = closed({});
const READ = ['VALIDATION_ERROR', 'FORBIDDEN_HOST', 'INTERNAL', 'DATABASE_UNAVAILABLE'] as const;
const READ_ONE = [...READ, 'NOT_FOUND'] as const;
const LOCAL = ['VALIDATION_ERROR', 'FORBIDDEN_HOST', 'INTERNAL'] as const;

/**
 * The whole API. Routes, validation and the OpenAPI document are made of this table, so none of them can say
 * something that the others do not.
 */
export const operations = {
  startRun: {
    method: 'post',
    path: '/v1/runs',
    tag: 'runs',
    access: 'runner',
    summary: 'Start a run of a workflow',
    description:
      'The run is accepted once it is recorded. Should Temporal be away, it starts when Temporal is back. Paths of errors are JSON Pointers into the trigger.',
    query: NO_QUERY,
    headers: StartRunHeaders,
    body: StartRunRequest,
    answers: {
      202: {
        description:
          'The run, `queued`; or, under an idempotency key that was used before, that run as it is now.',
        schema: Run,
        headers: {
          Location: 'The path of the run.',
          'Idempotency-Replayed': '`true` when an earlier request with this key made the run.',
        },
      },
    },
    problems: [
      'VALIDATION_ERROR',
      'INVALID_JSON',
      'FORBIDDEN_HOST',
      'FORBIDDEN_ORIGIN',
      'BODY_TOO_LARGE',
      'UNSUPPORTED_MEDIA_TYPE',
      'IDEMPOTENCY_KEY_REUSED',
      'INTERNAL',
      'SKILL_NOT_SERVED',
      'DATABASE_UNAVAILABLE',
      'STORE_UNAVAILABLE',
    ],
  },
  listRuns: {
    method: 'get',
    path: '/v1/runs',
    tag: 'runs',
    access: 'viewer',
    summary: 'List runs, newest first',
    description: 'Runs that steps of others have started are left out, unless they are asked for.',
    query: RunListQuery,
    answers: { 200: { description: 'One page.', schema: RunList } },
    problems: READ,
  },
  getRun: {
    method: 'get',
    path: '/v1/runs/{id}',
    tag: 'runs',
    access: 'viewer',
    summary: 'Read a run with its steps',
    params: IdParams,
    query: NO_QUERY,
    answers: { 200: { description: 'The run as it is now.', schema: Run } },
    problems: READ_ONE,
  },
  cancelRun: {
    method: 'post',
    path: '/v1/runs/{id}/cancel',
    tag: 'runs',
    access: 'runner',
    summary: 'Cancel a run',
    description:
      'Asks for it: running steps are stopped, pending ones skipped. Cancelling twice is as cancelling once.',
    params: IdParams,
    query: NO_QUERY,
    answers: { 202: { description: 'The run as it is now.', schema: Run } },
    problems: [...READ_ONE, 'FORBIDDEN_ORIGIN', 'CONFLICT', 'TEMPORAL_UNAVAILABLE'],
  },
  ...secondTryOperations,
  ...planOperations,
  ...mapItemOperations,
  ...gateOperations,
  ...scheduleOperations,
  ...uploadOperations,
  listRunArtifacts: {
    method: 'get',
    path: '/v1/runs/{id}/artifacts',
    tag: 'artifacts',
    access: 'viewer',
    summary: "List a run's artifacts, oldest first",
    params: IdParams,
    query: ArtifactListQuery,
    answers: { 200: { description: 'One page.', schema: ArtifactList } },
    problems: READ_ONE,
  },
  getArtifact: {
    method: 'get',
    path: '/v1/artifacts/{id}',
    tag: 'artifacts',
    access: 'viewer',
    summary: 'Read the record of an artifact',
    params: IdParams,
    query: NO_QUERY,
    answers: { 200: { description: 'The record.', schema: Artifact } },
    problems: READ_ONE,
  },
  getArtifactContent: {
    method: 'get',
    path: '/v1/artifacts/{id}/content',
    tag: 'artifacts',
    access: 'viewer',
    summary: 'Read the bytes of an artifact',
    description:
      'Takes `If-None-Match`, `Range` (one range of bytes) and `If-Range`. The entity tag is the digest of the bytes, so a download can be verified.',
    params: IdParams,
    query: NO_QUERY,
    answers: {
      200: {
        description: 'All bytes.',
        mediaType: '*/*',
        headers: {
          ETag: 'The digest of the bytes, quoted.',
          'Accept-Ranges': '`bytes`.',
          'Content-Disposition': 'The file name.',
        },
      },
      206: {
        description: 'The bytes asked for.',
        mediaType: '*/*',
        headers: { ETag: 'The digest of all bytes, quoted.', 'Content-Range': 'Which bytes these are.' },
      },
      304: { description: 'The bytes are those that `If-None-Match` names.' },
    },
    problems: [
      ...READ_ONE,
      'ARTIFACT_LOST',
      'RANGE_NOT_SATISFIABLE',
      'ARTIFACT_CORRUPT',
      'STORE_UNAVAILABLE',
    ],
  },
  ...cacheOperations,
  ...eventOperations,
  ...eventTypeOperations,
  ...webhookOperations,
  ...storeOperations,
  ...tenantOperations,
  ...keyOperations,
  listWorkflows: {
    method: 'get',
    path: '/v1/workflows',
    tag: 'catalog',
    access: 'viewer',
    summary: 'List the workflows that can be started',
    query: NO_QUERY,
    answers: { 200: { description: 'All of them.', schema: WorkflowList } },
    problems: LOCAL,
  },
  getWorkflow: {
    method: 'get',
    path: '/v1/workflows/{name}',
    tag: 'catalog',
    access: 'viewer',
    summary: "Read a workflow's graph and the schema of its trigger",
    params: WorkflowParams,
    query: WorkflowQuery,
    answers: { 200: { description: 'The workflow.', schema: Workflow } },
    problems: [...LOCAL, 'NOT_FOUND'],
  },
  listSkills: {
    method: 'get',
    path: '/v1/skills',
    tag: 'catalog',
    access: 'viewer',
    summary: 'List the skills that workflows are made of',
    query: NO_QUERY,
    answers: { 200: { description: 'All of them.', schema: SkillList } },
    problems: READ,
  },
  live: {
    method: 'get',
    path: '/livez',
    tag: 'health',
    access: 'public',
    summary: 'Whether the process answers',
    answers: { 200: { description: 'It does.', schema: Liveness } },
    problems: [],
  },
  ready: {
    method: 'get',
    path: '/readyz',
    tag: 'health',
    access: 'public',
    summary: 'Whether requests can be served',
    answers: {
      200: { description: 'They can; `degraded` when Temporal is away.', schema: Readiness },
      503: { description: 'They cannot: the database is away.', schema: Readiness },
    },
    problems: [],
  },
  openapi: {
    method: 'get',
    path: '/openapi.json',
    tag: 'documentation',
    access: 'public',
    summary: 'This document',
    answers: { 200: { description: 'OpenAPI 3.1.', schema: AnyObject } },
    problems: [],
  },
  docs: {
    method: 'get',
    path: '/docs',
    tag: 'documentation',
    access: 'public',
    summary: 'This document as a page to read',
    answers: { 200: { description: 'A page that loads nothing else.', mediaType: 'text/html' } },
    problems: [],
  },
} as const satisfies Record<string, OperationSpec>;
export type OperationId = keyof typeof operations;
