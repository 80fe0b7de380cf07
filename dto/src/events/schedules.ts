import { Type } from 'typebox';
import { Instant, Uuid } from '../http/scalars.js';
import { eventType } from './event-type.js';
import { count } from './fields.js';

const schedule = { scheduleId: Uuid, name: Type.String() };
const definition = {
  ...schedule,
  workflow: Type.String(),
  revision: Type.Integer({ minimum: 1, description: 'Counts the definitions of the schedule.' }),
};
const note = Type.Optional(Type.String({ description: 'Why.' }));
const due = { ...schedule, dueAt: Instant };
const inTemporal = Type.Optional(Type.Literal(true, { description: "It was done in Temporal's own UI." }));

/** What becomes of schedules and their firings. */
export const scheduleEvents = {
  'schedule.created': eventType('A schedule was made.', { ...definition, paused: Type.Boolean() }),
  'schedule.updated': eventType('A schedule has another definition.', definition),
  'schedule.paused': eventType('A schedule starts no runs for now.', { ...schedule, note, inTemporal }),
  'schedule.resumed': eventType('A schedule starts runs again.', { ...schedule, note, inTemporal }),
  'schedule.triggered': eventType('Somebody has had a schedule start a run at once.', schedule),
  'schedule.backfilled': eventType('Somebody has asked for the runs of a span of time.', {
    ...schedule,
    from: Instant,
    to: Instant,
    firings: count('How many times of the schedule lie in it.'),
  }),
  'schedule.deleted': eventType('A schedule was deleted; its runs stay.', schedule),
  'schedule.fired': eventType('A schedule has started a run.', {
    ...schedule,
    scheduledFor: Type.String({ ...Instant, description: 'The time that the run is for, without jitter.' }),
  }),
  'schedule.skipped': eventType('A run that was due was not started: an earlier one was under way.', due),
  'schedule.missed': eventType(
    'A run that was due was not started in time, as after an outage. Should it be started later all the same, `schedule.fired` follows.',
    due,
  ),
};
