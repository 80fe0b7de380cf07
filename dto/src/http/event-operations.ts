import { EventList, EventListQuery, RunEventListQuery } from './events.js';
import type { OperationSpec } from './operation-spec.js';
import { IdParams } from './runs.js';

/** What has happened. */
export const eventOperations = {
  listEvents: {
    method: 'get',
    path: '/v1/events',
    tag: 'events',
    access: 'viewer',
    summary: 'List what has happened, newest first',
    query: EventListQuery,
    answers: { 200: { description: 'One page.', schema: EventList } },
    problems: ['VALIDATION_ERROR', 'FORBIDDEN_HOST', 'INTERNAL', 'DATABASE_UNAVAILABLE'],
  },
  listRunEvents: {
    method: 'get',
    path: '/v1/runs/{id}/events',
    tag: 'events',
    access: 'viewer',
    summary: 'List what has happened in a run, newest first',
    description: 'Those of a run that was deleted are at `/v1/events`.',
    params: IdParams,
    query: RunEventListQuery,
    answers: { 200: { description: 'One page.', schema: EventList } },
    problems: ['VALIDATION_ERROR', 'FORBIDDEN_HOST', 'NOT_FOUND', 'INTERNAL', 'DATABASE_UNAVAILABLE'],
  },
} as const satisfies Record<string, OperationSpec>;
