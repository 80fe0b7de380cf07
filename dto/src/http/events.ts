import { Type, type Static } from 'typebox';
import { closed } from '../types/scalars.js';
import { AnyObject, DEFAULT_PAGE, Instant, MAX_PAGE, PageQuery, TYPE_FILTER, Uuid, page } from './scalars.js';

/** The name of the schema of what events of a type carry: a URI, as CloudEvents has it; `$id` of the schema. */
export const eventSchemaUri = (type: string): string => `urn:cairn:event:${type}`;

/** Positions fit in a number, and in 15 digits. */
const MOST_POSITION = 999_999_999_999_999;
const Position = Type.Integer({ minimum: 1, maximum: MOST_POSITION });

/** Something that happened: CloudEvents 1.0, in its JSON format. */
export const Event = closed(
  {
    specversion: Type.Literal('1.0'),
    id: Uuid,
    source: Type.String({ description: 'Whose log it is of: the path of the tenant.' }),
    type: Type.String({ description: 'E.g. `run.completed`.' }),
    subject: Type.Optional(
      Type.String({ description: 'What it is about: `runs/{id}`, or `runs/{id}/steps/{stepId}`.' }),
    ),
    time: Instant,
    datacontenttype: Type.Literal('application/json'),
    dataschema: Type.String({ description: 'Names the schema of `data`.' }),
    tenantid: Type.String(),
    position: Type.Integer({
      ...Position,
      description: "Its place in the tenant's log: 1, 2, 3, … without a gap.",
    }),
    runid: Type.Optional(
      Type.String({ ...Uuid, description: 'The run it happened in, which may be deleted by now.' }),
    ),
    stepid: Type.Optional(Type.String()),
    attempt: Type.Optional(Type.Integer({ minimum: 1 })),
    actor: Type.Optional(
      Type.String({ description: 'Who asked for it; absent where the engine acted by itself.' }),
    ),
    data: AnyObject,
  },
  { title: 'Event' },
);
export type Event = Static<typeof Event>;

export const EventList = page('EventList', Event);
export type EventList = Static<typeof EventList>;

/** What a stream says, under the name `reset`, when it cannot go on where the follower was. */
export const EventReset = closed(
  {
    requested: Type.Integer({ minimum: 0, description: 'Where the follower was.' }),
    oldest: Type.Integer({
      minimum: 1,
      description: 'The position of the oldest event that is kept, from which the stream goes on.',
    }),
    latest: Type.Integer({ minimum: 0, description: 'The position of the latest event.' }),
  },
  { title: 'EventReset' },
);
export type EventReset = Static<typeof EventReset>;

const following = {
  type: Type.Optional(
    Type.String({
      pattern: `^${TYPE_FILTER}(,${TYPE_FILTER}){0,49}$`,
      maxLength: 1_000,
      description:
        'Only events of these types, separated by commas; `run.*` stands for all about runs, `*` for all: `run.*,step.failed`.',
    }),
  ),
  after: Type.Optional(
    Type.Integer({
      minimum: 0,
      maximum: MOST_POSITION,
      description:
        'Only events after this position; 0 is before the first. The header `Last-Event-ID` of a stream goes before it.',
    }),
  ),
};
const listing = {
  ...PageQuery,
  limit: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: MAX_PAGE,
      default: DEFAULT_PAGE,
      description: 'Items per page; of no effect on a stream.',
    }),
  ),
  order: Type.Optional(
    Type.Enum(['newest', 'oldest'], {
      default: 'newest',
      description: 'What comes first; a stream is always in the order of the log.',
    }),
  ),
};

/** The query of `GET /v1/events`. */
export const EventListQuery = closed({
  ...listing,
  ...following,
  runId: Type.Optional(Type.String({ ...Uuid, description: 'Only events of this run.' })),
});

/** The query of `GET /v1/runs/{id}/events`. */
export const RunEventListQuery = closed({ ...listing, ...following });

/** The headers of both. */
export const EventHeaders = closed({
  'last-event-id': Type.Optional(
    Type.String({
      pattern: '^[0-9]{0,15}$',
      description: 'Of a stream: the `id` of the last event that was seen, after which it goes on.',
    }),
  ),
});
