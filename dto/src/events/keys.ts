import { Type } from 'typebox';
import { KeyRequest } from '../http/keys.js';
import { Instant, Uuid } from '../http/scalars.js';
import { eventType } from './event-type.js';

const key = { keyId: Uuid, ...KeyRequest.properties };

/** What becomes of keys to the API. */
export const keyEvents = {
  'key.created': eventType('Somebody has made a key.', key),
  'key.updated': eventType('Somebody has changed what a key may do, or until when.', key),
  'key.rotated': eventType('A key was given a new secret.', {
    keyId: Uuid,
    name: Type.String(),
    previousUntil: Type.String({ ...Instant, description: 'Until then the key as it was is taken too.' }),
  }),
  'key.revoked': eventType('A key opens nothing any more.', { keyId: Uuid, name: Type.String() }),
};
