import { Type } from 'typebox';
import { Instant, Uuid } from '../http/scalars.js';
import { Sha256 } from '../types/scalars.js';
import { eventType } from './event-type.js';

const gate = {
  gateId: Uuid,
  role: Type.String({ description: 'Who may decide.' }),
  shownDigest: Type.String({ ...Sha256, description: 'Of what is shown.' }),
};
const decision = {
  ...gate,
  by: Type.Union([Type.String(), Type.Null()]),
  comment: Type.Optional(Type.String()),
  takenOverFrom: Type.Optional(
    Type.String({ ...Uuid, description: 'Of a retry: the run in which it was decided.' }),
  ),
};

/** What becomes of gates. */
export const gateEvents = {
  'gate.opened': eventType('A gate waits for a decision.', { ...gate, deadlineAt: Instant }),
  'gate.approved': eventType('Somebody has approved what a gate shows.', decision),
  'gate.rejected': eventType('Somebody has rejected what a gate shows.', decision),
  'gate.expired': eventType('Nobody has decided in time; the default of the gate has.', {
    ...gate,
    approved: Type.Boolean(),
  }),
  'gate.closed': eventType('A gate needs no decision any more: its run has ended.', gate),
};
