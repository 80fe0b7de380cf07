import { Type, type Static } from 'typebox';
import { closed, oneOf } from '../types/scalars.js';

/** The process answers. */
export const Liveness = closed({ status: Type.Literal('ok') }, { title: 'Liveness' });

/**
 * Whether requests can be served. Without Temporal they can: runs are accepted, and start when it is back
 * (`degraded`). Without the store of artifacts they can, though steps wait for it. Without PostgreSQL they cannot.
 */
export const Readiness = closed(
  {
    status: oneOf('ready', 'degraded', 'unavailable'),
    database: oneOf('ok', 'unavailable'),
    temporal: oneOf('ok', 'unavailable'),
    store: oneOf('ok', 'unavailable'),
  },
  { title: 'Readiness' },
);
export type Readiness = Static<typeof Readiness>;
