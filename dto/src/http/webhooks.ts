import { Type, type Static } from 'typebox';
import { closed, oneOf } from '../types/scalars.js';
import { Instant, page, PageQuery, TYPE_FILTER, Uuid } from './scalars.js';

/** The most webhooks that a tenant may have. */
export const MOST_WEBHOOKS = 50;
/** The longest URL of a webhook, in characters. */
export const MOST_WEBHOOK_URL = 2048;

const Url = Type.String({
  minLength: 1,
  maxLength: MOST_WEBHOOK_URL,
  description:
    'Where events are POSTed: https, without user name, password or fragment, at a public address. The operator may allow others.',
});
const Types = Type.Array(Type.String({ pattern: `^${TYPE_FILTER}$`, maxLength: 100 }), {
  minItems: 1,
  maxItems: 50,
  uniqueItems: true,
  description:
    'Of events that are sent: `run.completed`, `run.*` for all about runs, `*` for all. Without it: `run.completed`, `run.failed`, `run.cancelled`, `gate.opened` and `webhook.disabled`.',
});
const Description = Type.String({ minLength: 1, maxLength: 500, description: 'For people.' });

const fields = {
  id: Uuid,
  url: Url,
  types: Types,
  description: Type.Optional(Description),
  enabled: Type.Boolean(),
  disabledReason: Type.Optional(
    Type.Unsafe<'asked' | 'failing' | 'gone'>({
      ...oneOf('asked', 'failing', 'gone'),
      description:
        '`asked`: somebody has done it; `failing`: nothing has arrived for long; `gone`: the receiver has answered 410.',
    }),
  ),
  disabledAt: Type.Optional(Instant),
  position: Type.Integer({
    minimum: 0,
    description: 'In the log of events: up to here there is a delivery of each event that is wanted.',
  }),
  failures: Type.Integer({
    minimum: 0,
    description: 'Attempts that failed since the last one that did not.',
  }),
  failingSince: Type.Optional(Instant),
  previousSecretUntil: Type.Optional(
    Type.String({ ...Instant, description: 'Until then the secret before signs beside the new one.' }),
  ),
  createdAt: Instant,
  updatedAt: Instant,
};

/** Where events are sent. Its secret is never shown again. */
export const Webhook = closed(fields, { title: 'Webhook' });
export type Webhook = Static<typeof Webhook>;

const secret = Type.String({
  description: 'What signs, as Standard Webhooks writes it: `whsec_` and base64. It is shown this once.',
});

/** A webhook that has just been made, or has just got another secret. */
export const WebhookWithSecret = closed({ ...fields, secret }, { title: 'WebhookWithSecret' });
export type WebhookWithSecret = Static<typeof WebhookWithSecret>;

export const WebhookList = page('WebhookList', Webhook);
export type WebhookList = Static<typeof WebhookList>;
export const WebhookListQuery = closed(PageQuery);

/** `POST /v1/webhooks`. */
export const NewWebhookRequest = closed(
  { url: Url, types: Type.Optional(Types), description: Type.Optional(Description) },
  { title: 'NewWebhookRequest' },
);
export type NewWebhookRequest = Static<typeof NewWebhookRequest>;

/** `PUT /v1/webhooks/{id}`. */
export const WebhookRequest = closed(
  { url: Url, types: Types, description: Type.Optional(Description), enabled: Type.Boolean() },
  { title: 'WebhookRequest' },
);
export type WebhookRequest = Static<typeof WebhookRequest>;

/** `POST /v1/webhooks/{id}/secret`. */
export const SecretRotationRequest = closed(
  {
    overlap: Type.Optional(
      Type.String({
        pattern: '^(0|[1-9][0-9]{0,5}(s|m|h))$',
        description:
          'How long the secret before signs beside the new one: `30m`, `24h`, at most `168h`; `0` where it is known to others. Without it: `24h`.',
      }),
    ),
  },
  { title: 'SecretRotationRequest' },
);
export type SecretRotationRequest = Static<typeof SecretRotationRequest>;

/** How a test came out. */
export const WebhookTest = closed(
  {
    ok: Type.Boolean(),
    status: Type.Optional(Type.Integer({ description: 'Of HTTP; absent when there was no answer.' })),
    error: Type.Optional(Type.String()),
    durationMs: Type.Integer({ minimum: 0 }),
    messageId: Type.String({ ...Uuid, description: 'What was sent as `webhook-id`.' }),
  },
  { title: 'WebhookTest' },
);
export type WebhookTest = Static<typeof WebhookTest>;

/** `POST /v1/webhooks/{id}/replay`. */
export const WebhookReplayRequest = closed(
  {
    since: Type.Optional(
      Type.String({ ...Instant, description: 'From the first event on that is not older.' }),
    ),
    after: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: Number.MAX_SAFE_INTEGER,
        description: 'From the first event after this position on.',
      }),
    ),
    all: Type.Optional(Type.Boolean({ description: 'Also those that have arrived.' })),
  },
  { title: 'WebhookReplayRequest' },
);
export type WebhookReplayRequest = Static<typeof WebhookReplayRequest>;

/** What is gone through again: the positions from after `after` to `to`. */
export const WebhookReplay = closed(
  {
    after: Type.Integer({ minimum: 0 }),
    to: Type.Integer({ minimum: 0, description: 'The position of the latest event.' }),
  },
  { title: 'WebhookReplay' },
);
export type WebhookReplay = Static<typeof WebhookReplay>;

const DeliveryStatus = oneOf('pending', 'delivered', 'failed');

/** One attempt to deliver. */
export const DeliveryAttempt = closed(
  {
    attempt: Type.Integer({
      minimum: 1,
      description: 'A number that is missing was begun by a process that died.',
    }),
    at: Instant,
    durationMs: Type.Integer({ minimum: 0 }),
    status: Type.Optional(Type.Integer({ description: 'Of HTTP; absent when there was no answer.' })),
    error: Type.Optional(Type.String()),
  },
  { title: 'DeliveryAttempt' },
);

/** An event on its way to a webhook. */
export const WebhookDelivery = closed(
  {
    id: Uuid,
    webhookId: Uuid,
    eventId: Type.String({ ...Uuid, description: 'Also the `webhook-id` of each attempt.' }),
    eventType: Type.String(),
    position: Type.Integer({ minimum: 1, description: 'Of the event in the log.' }),
    status: Type.Unsafe<Static<typeof DeliveryStatus>>({
      ...DeliveryStatus,
      description: '`failed`: no other attempt comes by itself.',
    }),
    attempts: Type.Integer({ minimum: 0, description: 'Begun so far.' }),
    nextAttemptAt: Type.Optional(
      Type.String({
        ...Instant,
        description: 'When the next attempt begins; while one is made, when it is given up.',
      }),
    ),
    log: Type.Array(DeliveryAttempt, { description: 'The latest attempts, oldest first.' }),
    createdAt: Instant,
    endedAt: Type.Optional(Instant),
  },
  { title: 'WebhookDelivery' },
);
export type WebhookDelivery = Static<typeof WebhookDelivery>;

export const WebhookDeliveryList = page('WebhookDeliveryList', WebhookDelivery);
export type WebhookDeliveryList = Static<typeof WebhookDeliveryList>;

export const WebhookDeliveryListQuery = closed({
  ...PageQuery,
  status: Type.Optional(DeliveryStatus),
});
export const WebhookDeliveryParams = closed({ id: Uuid, deliveryId: Uuid });
