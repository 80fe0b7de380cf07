import { followEvents, type FollowedEvent, type FollowEventsOptions } from '../follow-events.js';
import type { EventList, operations } from '../generated/openapi.js';
import { byId, type CallOptions, type Wire } from '../wire.js';

export type EventQuery = NonNullable<operations['listEvents']['parameters']['query']>;
export type RunEventQuery = NonNullable<operations['listRunEvents']['parameters']['query']>;

/** The calls that are about what has happened. */
export interface EventCalls {
  /**
   * Follows what happens, to a run until it ends or to everything for ever: each event once, in order, whatever becomes
   * of connections and processes meanwhile.
   */
  followEvents(options?: FollowEventsOptions): AsyncGenerator<FollowedEvent, void, undefined>;
  /** One page of what has happened, newest first. */
  listEvents(query?: EventQuery, options?: CallOptions): Promise<EventList>;
  /** One page of what has happened in a run, newest first. */
  listRunEvents(runId: string, query?: RunEventQuery, options?: CallOptions): Promise<EventList>;
}

/** Lists answer with pages; the other form of their answer is for `followEvents`. */
const asPage = <T>(answer: T) => answer as Exclude<T, string>;

export function eventCalls({ baseUrl, fetch, http, read }: Wire): EventCalls {
  return {
    followEvents: (options = {}) => followEvents(baseUrl, fetch, options),
    listEvents: (query = {}, { signal } = {}) =>
      read(http.GET('/v1/events', { params: { query }, signal }), signal).then(asPage),
    listRunEvents: (id, query = {}, { signal } = {}) =>
      read(http.GET('/v1/runs/{id}/events', { params: { ...byId(id), query }, signal }), signal).then(asPage),
  };
}
