import { Type } from 'typebox';
import { Uuid } from '../http/scalars.js';
import { count, failure, Milliseconds } from './fields.js';
import { eventType } from './event-type.js';

const durationMs = Type.Optional(
  Type.Integer({ ...Milliseconds, description: 'Milliseconds from its start; absent when it never began.' }),
);

/** What becomes of runs. */
export const runEvents = {
  'run.created': eventType('A run was recorded; it is queued.', {
    workflow: Type.String(),
    version: Type.String(),
    rootRunId: Type.Optional(
      Type.String({ ...Uuid, description: 'Of a child or a retry: the first run of its family.' }),
    ),
    parentRunId: Type.Optional(Type.String({ ...Uuid, description: 'The run whose step has started it.' })),
    retryOfRunId: Type.Optional(Uuid),
    forkOfRunId: Type.Optional(Uuid),
    scheduleId: Type.Optional(Type.String()),
  }),
  'run.waiting': eventType(
    'A run waits for its turn, as its tenant runs as many at once as it may; it stays queued.',
    {},
  ),
  'run.started': eventType('A queued run was taken up by a worker, or ended as if it had been.', {}),
  'run.completed': eventType('A run has ended, and gave its output.', { durationMs }),
  'run.failed': eventType('A run has ended with an error.', { ...failure, durationMs }),
  'run.cancelled': eventType('A run has ended because somebody wanted it to.', { ...failure, durationMs }),
  'run.cancel_requested': eventType('Somebody asked for the cancellation of a run that had not ended.', {}),
  'run.pinned': eventType('A run is kept from being deleted.', {}),
  'run.unpinned': eventType('A run is no longer kept from being deleted.', {}),
  'run.deleted': eventType('A run was deleted, with its steps and artifacts.', {
    artifacts: count('How many records of files and documents went with it.'),
  }),
};
