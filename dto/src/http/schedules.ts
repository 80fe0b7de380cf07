import { Type, type Static } from 'typebox';
import { closed, oneOf, Version } from '../types/scalars.js';
import { RunOptions, WorkflowName } from './runs.js';
import { AnyObject, Instant, page, PageQuery, Uuid } from './scalars.js';

const LIKE = 'A number and a unit: `90s`, `15m`, `12h`, `30d`';
/** A length of time that is not none. */
const Length = (description: string) =>
  Type.String({ pattern: '^[1-9]\\d{0,5}(ms|s|m|h|d)$', description: `${description} ${LIKE}.` });

export const Overlap = oneOf(
  'skip',
  'buffer_one',
  'buffer_all',
  'allow_all',
  'cancel_other',
  'terminate_other',
);
export type Overlap = Static<typeof Overlap>;

const OVERLAP =
  '`skip`: it is left out. `buffer_one`: one waits for the run to end. `buffer_all`: all wait. `allow_all`: it runs beside the other. `cancel_other`, `terminate_other`: the other is stopped.';

const note = Type.String({ minLength: 1, maxLength: 500, description: 'Why. At most 500 characters.' });

const definition = {
  name: Type.String({
    pattern: '^[a-z0-9][a-z0-9._-]{0,99}$',
    description: 'Unique among the schedules of a tenant. E.g. `every-morning`.',
  }),
  workflow: WorkflowName,
  version: Type.Optional(
    Type.String({ ...Version, description: 'Of the workflow; the newest at each firing unless given.' }),
  ),
  trigger: Type.Unknown({
    description:
      'What each run is given, as for `POST /v1/runs`. It is checked when the schedule is made or changed, and again at each firing: a run whose trigger breaks a rule by then is recorded, and has failed.',
  }),
  options: Type.Optional(RunOptions),
  cron: Type.Optional(
    Type.Array(Type.String({ minLength: 1, maxLength: 200 }), {
      minItems: 1,
      maxItems: 20,
      description:
        'Cron expressions of five fields (minute, hour, day of month, month, day of week), or `@hourly`, `@daily`, `@weekly`, `@monthly`, `@yearly`. Either these or `every`.',
    }),
  ),
  every: Type.Optional(Length('An interval, of whole seconds, counted from 1970-01-01T00:00Z.')),
  offset: Type.Optional(Length('Shifts the interval; less than it.')),
  timeZone: Type.Optional(
    Type.String({
      maxLength: 100,
      description: 'In which `cron` is read, e.g. `Europe/Berlin`; UTC unless given.',
    }),
  ),
  jitter: Type.Optional(
    Length('Each firing is late by chance, by at most so much, and never later than the next one.'),
  ),
  startAt: Type.Optional(Type.String({ ...Instant, description: 'Nothing is due before. ISO 8601.' })),
  endAt: Type.Optional(Type.String({ ...Instant, description: 'Nothing is due after. ISO 8601.' })),
  overlap: Type.Optional(
    Type.Unsafe<Overlap>({
      ...Overlap,
      description: `What becomes of a firing while a run of an earlier one is under way; \`skip\` unless given. ${OVERLAP}`,
    }),
  ),
  catchupWindow: Type.Optional(
    Length(
      'After an outage, what was due so long ago is still started; what is older is missed. At least 10 s; 1 h unless given.',
    ),
  ),
  remainingActions: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: 1_000_000,
      description: 'So many runs are started yet, and then none; any number unless given.',
    }),
  ),
};

/** `PUT /v1/schedules/{id}`. */
export const ScheduleDefinition = closed(definition, { title: 'ScheduleDefinition' });
export type ScheduleDefinition = Static<typeof ScheduleDefinition>;

/** `POST /v1/schedules`. */
export const CreateScheduleRequest = closed(
  {
    ...definition,
    paused: Type.Optional(Type.Boolean({ description: '`true`: it starts no runs until it is resumed.' })),
    note: Type.Optional(note),
  },
  { title: 'CreateScheduleRequest' },
);
export type CreateScheduleRequest = Static<typeof CreateScheduleRequest>;

/** `POST /v1/schedules/{id}/pause` and `/resume`. */
export const ScheduleNote = closed({ note: Type.Optional(note) }, { title: 'ScheduleNote' });
export type ScheduleNote = Static<typeof ScheduleNote>;

/** `POST /v1/schedules/{id}/backfill`. */
export const BackfillRequest = closed(
  {
    from: Type.String({ ...Instant, description: 'The first time that counts. ISO 8601.' }),
    to: Type.String({ ...Instant, description: 'The last one; not in the future. ISO 8601.' }),
    overlap: Type.Optional(
      Type.Unsafe<Overlap>({
        ...Overlap,
        description: `How the runs go with others, and with each other; \`buffer_all\` unless given. ${OVERLAP}`,
      }),
    ),
  },
  { title: 'BackfillRequest' },
);
export type BackfillRequest = Static<typeof BackfillRequest>;

export const Backfill = closed(
  { firings: Type.Integer({ minimum: 1, description: 'How many times of the schedule lie in the span.' }) },
  { title: 'Backfill' },
);
export type Backfill = Static<typeof Backfill>;

export const FiringOutcome = oneOf('pending', 'ran', 'skipped', 'missed', 'paused');
export type FiringOutcome = Static<typeof FiringOutcome>;

const n = Type.Integer({ minimum: 0 });
/** How many firings of the clock have come to what; together they are all that was due. */
export const FiringCounts = closed(
  { due: n, ran: n, skipped: n, missed: n, paused: n, pending: n },
  {
    title: 'FiringCounts',
    description:
      'Of all times at which it was due, in the last 30 days. `due` is the sum of the others; those that are `pending` were due a moment ago.',
  },
);
export type FiringCounts = Static<typeof FiringCounts>;

const summary = {
  id: Uuid,
  ...definition,
  trigger: AnyObject,
  remainingActions: Type.Optional(
    Type.Integer({
      minimum: 0,
      description:
        'So many runs are started yet; in a list, and while Temporal is away, how many were asked for.',
    }),
  ),
  overlap: Overlap,
  catchupWindow: Length('What was due so long ago is still started.'),
  paused: Type.Boolean(),
  note: Type.Optional(Type.String()),
  revision: Type.Integer({ minimum: 1, description: 'Counts the definitions.' }),
  synced: Type.Boolean({
    description:
      '`false`: Temporal has not been told yet of all that is wanted, and goes by what it knows; it is told as soon as it answers.',
  }),
  syncError: Type.Optional(Type.String({ description: 'Why Temporal refuses the definition.' })),
  ended: Type.Optional(
    Type.Literal(true, { description: 'It is over: its end has come, or no runs are left to start.' }),
  ),
  temporalScheduleId: Type.String({ description: 'Its id in Temporal.' }),
  createdAt: Instant,
  updatedAt: Instant,
};

/** A schedule in a list. */
export const ScheduleSummary = closed(summary, { title: 'ScheduleSummary' });
export type ScheduleSummary = Static<typeof ScheduleSummary>;

/** A schedule with what comes next. */
export const Schedule = closed(
  {
    ...summary,
    nextFirings: Type.Optional(
      Type.Array(Instant, {
        maxItems: 10,
        description: 'By its clock, also while it is paused; absent when Temporal cannot be asked.',
      }),
    ),
    firings: FiringCounts,
  },
  { title: 'Schedule' },
);
export type Schedule = Static<typeof Schedule>;

export const ScheduleList = page('ScheduleList', ScheduleSummary);
export type ScheduleList = Static<typeof ScheduleList>;

export const ScheduleListQuery = closed({
  ...PageQuery,
  workflow: Type.Optional(WorkflowName),
  paused: Type.Optional(oneOf('true', 'false')),
});

/** A time at which a schedule was due. */
export const Firing = closed(
  {
    dueAt: Type.String({ ...Instant, description: 'With its jitter. ISO 8601, UTC.' }),
    outcome: Type.Unsafe<FiringOutcome>({
      ...FiringOutcome,
      description:
        '`ran`: a run was started, whatever came of it. `skipped`: a run of an earlier firing was under way. `missed`: it was not started in time. `paused`: the schedule was paused. `pending`: not known yet.',
    }),
    runId: Type.Optional(Type.String({ ...Uuid, description: 'Its first run.' })),
    backfilled: Type.Optional(
      Type.Literal(true, { description: 'It was not due by the clock: somebody has asked for it.' }),
    ),
    settledAt: Type.Optional(
      Type.String({ ...Instant, description: 'When the outcome was found. ISO 8601, UTC.' }),
    ),
  },
  { title: 'Firing' },
);
export type Firing = Static<typeof Firing>;

export const FiringList = page('FiringList', Firing);
export type FiringList = Static<typeof FiringList>;

export const FiringListQuery = closed({ ...PageQuery, outcome: Type.Optional(FiringOutcome) });
