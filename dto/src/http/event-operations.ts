import { EventHeaders, EventList, EventListQuery, EventReset, RunEventListQuery } from './events.js';
import type { OperationSpec } from './operation-spec.js';
import { IdParams } from './runs.js';

/** Streams are of `text/event-stream`: a message for each event, in the order of the log. */
const alternative = {
  mediaType: 'text/event-stream',
  description: `Server-sent events. Of each event \`id\` is its position, \`event\` its type, \`data\` an Event. A message \`reset\` says that the stream cannot go on after the position asked for, and goes on with the oldest event that is kept: its \`data\` has ${Object.keys(EventReset.properties).join(', ')}.`,
};

/** What has happened. */
export const eventOperations = {
  listEvents: {
    method: 'get',
    path: '/v1/events',
    tag: 'events',
    access: 'viewer',
    summary: 'List what has happened, or follow it',
    description:
      'With `Accept: text/event-stream` a stream of what happens from now on, or after a position.',
    query: EventListQuery,
    headers: EventHeaders,
    answers: { 200: { description: 'One page, or a stream.', schema: EventList, alternative } },
    problems: ['VALIDATION_ERROR', 'FORBIDDEN_HOST', 'RATE_LIMITED', 'INTERNAL', 'DATABASE_UNAVAILABLE'],
  },
  listRunEvents: {
    method: 'get',
    path: '/v1/runs/{id}/events',
    tag: 'events',
    access: 'viewer',
    summary: 'List what has happened in a run, or follow it',
    description:
      'With `Accept: text/event-stream` a stream of what has happened since the run was made, or after a position, which ends when the run has. Events of a run that was deleted are at `/v1/events`.',
    params: IdParams,
    query: RunEventListQuery,
    headers: EventHeaders,
    answers: {
      200: { description: 'One page, or a stream.', schema: EventList, alternative },
      204: { description: 'Of a stream: the run has ended, and nothing of it comes after that position.' },
    },
    problems: [
      'VALIDATION_ERROR',
      'FORBIDDEN_HOST',
      'NOT_FOUND',
      'RATE_LIMITED',
      'INTERNAL',
      'DATABASE_UNAVAILABLE',
    ],
  },
} as const satisfies Record<string, OperationSpec>;
