import { Type, type Static } from 'typebox';
import { closed } from '../types/scalars.js';
import { AnyObject, Instant, PageQuery, Uuid, page } from './scalars.js';

/** Something that happened. */
export const Event = closed(
  {
    id: Uuid,
    type: Type.String({ description: 'E.g. `cache.evicted`.' }),
    runId: Type.Optional(
      Type.String({ ...Uuid, description: 'The run it happened in, which may be deleted by now.' }),
    ),
    stepId: Type.Optional(Type.String()),
    attempt: Type.Optional(Type.Integer({ minimum: 1 })),
    data: AnyObject,
    createdAt: Instant,
  },
  { title: 'Event' },
);
export type Event = Static<typeof Event>;

export const EventList = page('EventList', Event);
export type EventList = Static<typeof EventList>;

const EventType = Type.String({
  pattern: '^[a-z][a-z0-9_]*(\\.[a-z][a-z0-9_]*)*$',
  maxLength: 100,
  description: 'Only events of this type, e.g. `cache.evicted`.',
});

/** The query of `GET /v1/events`. */
export const EventListQuery = closed({
  ...PageQuery,
  runId: Type.Optional(Type.String({ ...Uuid, description: 'Only events of this run.' })),
  type: Type.Optional(EventType),
});

/** The query of `GET /v1/runs/{id}/events`. */
export const RunEventListQuery = closed({ ...PageQuery, type: Type.Optional(EventType) });
