import { Type } from 'typebox';
import { Instant, Uuid } from '../http/scalars.js';
import { oneOf } from '../types/scalars.js';
import { eventType } from './event-type.js';

const webhook = {
  webhookId: Uuid,
  host: Type.String({ description: 'To which events are sent: name and port of its URL.' }),
};
const types = { types: Type.Array(Type.String(), { description: 'Of the events that it gets.' }) };
const Position = Type.Integer({ minimum: 0, description: 'In the log of the tenant.' });

/** What becomes of webhooks. */
export const webhookEvents = {
  'webhook.created': eventType('Somebody has made a webhook.', { ...webhook, ...types }),
  'webhook.updated': eventType('Somebody has changed a webhook.', { ...webhook, ...types }),
  'webhook.deleted': eventType('Somebody has deleted a webhook.', webhook),
  'webhook.enabled': eventType('Somebody has enabled a webhook.', webhook),
  'webhook.disabled': eventType('A webhook gets no events any more.', {
    ...webhook,
    reason: Type.Unsafe<'asked' | 'failing' | 'gone'>({
      ...oneOf('asked', 'failing', 'gone'),
      description:
        '`asked`: somebody has done it; `failing`: nothing has arrived for long; `gone`: the receiver has answered 410.',
    }),
    error: Type.Optional(Type.String({ description: 'Of the last attempt.' })),
  }),
  'webhook.secret_rotated': eventType('A webhook has got a new secret.', {
    ...webhook,
    previousUntil: Type.Optional(
      Type.String({ ...Instant, description: 'Until then the one before signs beside it.' }),
    ),
  }),
  'webhook.replayed': eventType('Somebody has had events sent again.', {
    ...webhook,
    deliveryId: Type.Optional(Type.String({ ...Uuid, description: 'The only delivery that was.' })),
    after: Type.Optional(Position),
    to: Type.Optional(Position),
    all: Type.Optional(Type.Boolean({ description: 'Also those that had arrived.' })),
  }),
  'webhook.tested': eventType('Somebody has tried a webhook.', {
    ...webhook,
    ok: Type.Boolean(),
    status: Type.Optional(Type.Integer({ description: 'Of HTTP.' })),
    error: Type.Optional(Type.String()),
  }),
};
