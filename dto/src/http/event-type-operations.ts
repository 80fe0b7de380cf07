import { Type, type Static } from 'typebox';
import { closed } from '../types/scalars.js';
import type { OperationSpec } from './operation-spec.js';

/** A type of event, as those who read events see it. */
export const EventTypeView = closed(
  {
    type: Type.String({ description: 'E.g. `run.completed`.' }),
    says: Type.String({ description: 'What events of it say, and when they are written.' }),
    schema: Type.Record(Type.String(), Type.Unknown(), {
      description: 'JSON Schema (2020-12) of `data`; its `$id` is the `dataschema` of these events.',
    }),
  },
  { title: 'EventType' },
);
export type EventTypeView = Static<typeof EventTypeView>;

export const EventTypeList = closed({ items: Type.Array(EventTypeView) }, { title: 'EventTypeList' });
export type EventTypeList = Static<typeof EventTypeList>;

/** What can happen. */
export const eventTypeOperations = {
  listEventTypes: {
    method: 'get',
    path: '/v1/event-types',
    tag: 'events',
    access: 'public',
    summary: 'List the types of events, with the schema of what each carries',
    answers: { 200: { description: 'All of them.', schema: EventTypeList } },
    problems: ['FORBIDDEN_HOST', 'INTERNAL'],
  },
} as const satisfies Record<string, OperationSpec>;
