import { Type } from 'typebox';
import { Instant, AnyObject, Uuid } from '../http/scalars.js';
import { closed, oneOf } from '../types/scalars.js';
import { artifacts, count, failure, Milliseconds } from './fields.js';
import { eventType } from './event-type.js';

/** The longest line of a log, in UTF-16 code units. */
export const MOST_LOG_LINE = 2_000;
/** The most that a line's data has as JSON, in bytes. */
export const MOST_LOG_DATA = 2_000;

const skillId = Type.String({ description: 'Of a step; otherwise `$map`, `$child` or `$gate`.' });
const madeByRunId = Type.Optional(Type.String({ ...Uuid, description: 'The run that has executed it.' }));
const attempt = Type.Integer({ minimum: 1, description: 'The attempt that says so.' });

const waitingOn = Type.Union([
  closed(
    { kind: Type.Literal('execution'), runId: Uuid, stepId: Type.String() },
    { description: 'Another step that executes the same.' },
  ),
  closed(
    { kind: Type.Literal('approval'), gateId: Uuid, role: Type.String(), deadlineAt: Instant },
    { description: "Somebody's decision." },
  ),
]);

/** What becomes of steps. */
export const stepEvents = {
  'step.started': eventType(
    "An attempt at a step has begun. Not written for steps of a map's items: the map's progress counts these.",
    {
      skillId,
      childRunId: Type.Optional(Type.String({ ...Uuid, description: 'Of a child: its run.' })),
    },
  ),
  'step.waiting': eventType(
    "A step waits for another's execution of the same, or for somebody's decision. Not written for steps of a map's items.",
    { on: waitingOn },
  ),
  'step.retrying': eventType('An attempt at a step has failed, and there will be another.', {
    skillId,
    ...failure,
  }),
  'step.completed': eventType(
    "A step was executed, or took what another run has executed meanwhile. Not written for steps of a map's items.",
    {
      skillId,
      cacheHit: Type.Boolean({ description: 'It was executed by another run.' }),
      durationMs: Type.Optional(Milliseconds),
      madeByRunId,
      ...artifacts,
    },
  ),
  'step.skipped': eventType(
    "A step was not executed: its result was there, or nobody needs it. Not written for steps of a map's items.",
    {
      skillId,
      reason: oneOf('cache_hit', 'blocked', 'condition_false', 'cancelled'),
      madeByRunId,
      ...artifacts,
    },
  ),
  'step.failed': eventType('A step has failed for good.', {
    skillId,
    ...failure,
    durationMs: Type.Optional(Milliseconds),
  }),
  'step.progress': eventType(
    "How far an attempt says that it is: about one in a second, and always the last. Not written for steps of a map's items.",
    {
      attempt,
      fraction: Type.Number({ minimum: 0, maximum: 1 }),
      message: Type.Optional(Type.String({ maxLength: MOST_LOG_LINE })),
    },
  ),
  'step.log': eventType('A line that an attempt has logged.', {
    attempt,
    level: oneOf('debug', 'info', 'warn', 'error'),
    message: Type.String({ maxLength: MOST_LOG_LINE }),
    data: Type.Optional(AnyObject),
    at: Type.String({
      ...Instant,
      description: 'When it was logged, by the clock of the worker. ISO 8601, UTC.',
    }),
  }),
  'step.log_dropped': eventType('An attempt has logged more than is kept.', {
    attempt,
    lines: count('How many of its lines were left out.'),
  }),
};
