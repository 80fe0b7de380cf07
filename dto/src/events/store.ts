import { Type } from 'typebox';
import { Collection, Retention } from '../http/store.js';
import { Uuid } from '../http/scalars.js';
import { oneOf, Sha256 } from '../types/scalars.js';
import { count, Milliseconds } from './fields.js';
import { eventType } from './event-type.js';

const { runs, artifacts, entries, events, unrecorded, blobs, remains, failed } = Collection.properties;

/** What becomes of the store. */
export const storeEvents = {
  'store.collected': eventType('What nobody needs was removed.', {
    graceMs: Milliseconds,
    ...{ runs, artifacts, entries, events, unrecorded, blobs, remains, failed },
  }),
  'store.retention_changed': eventType(
    'Somebody has said how long runs, cache entries and events are kept.',
    {
      ...Retention.properties,
    },
  ),
  'blob.damaged': eventType('Bytes that were right when they were stored are missing or wrong.', {
    digest: Sha256,
    problem: oneOf('missing', 'corrupt'),
    artifactIds: Type.Optional(Type.Array(Uuid, { description: 'Artifacts that name them, the first few.' })),
    runIds: Type.Optional(Type.Array(Uuid, { description: 'Whose artifacts these are.' })),
    artifactCount: Type.Optional(count('How many artifacts name them.')),
    entryCount: Type.Optional(count('How many cache entries name them.')),
  }),
};
