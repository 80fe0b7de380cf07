import { closed } from '../types/scalars.js';
import type { OperationSpec } from './operation-spec.js';
import { IdParams } from './runs.js';
import {
  NewWebhookRequest,
  SecretRotationRequest,
  Webhook,
  WebhookDelivery,
  WebhookDeliveryList,
  WebhookDeliveryListQuery,
  WebhookDeliveryParams,
  WebhookList,
  WebhookListQuery,
  WebhookReplay,
  WebhookReplayRequest,
  WebhookRequest,
  WebhookTest,
  WebhookWithSecret,
} from './webhooks.js';

const NO_QUERY = closed({});
const READ = ['VALIDATION_ERROR', 'FORBIDDEN_HOST', 'INTERNAL', 'DATABASE_UNAVAILABLE'] as const;
const CHANGE = [...READ, 'FORBIDDEN_ORIGIN'] as const;
const WITH_BODY = [...CHANGE, 'INVALID_JSON', 'BODY_TOO_LARGE', 'UNSUPPORTED_MEDIA_TYPE'] as const;

/** Where events are sent to, and what became of each. */
export const webhookOperations = {
  createWebhook: {
    method: 'post',
    path: '/v1/webhooks',
    tag: 'webhooks',
    access: 'admin',
    summary: 'Have events sent to a URL',
    description:
      'From now on, each at least once, signed by Standard Webhooks. The secret that verifies the signatures is in this answer only.',
    query: NO_QUERY,
    body: NewWebhookRequest,
    answers: {
      201: {
        description: 'The webhook, with its secret.',
        schema: WebhookWithSecret,
        headers: { Location: 'The path of the webhook.' },
      },
    },
    problems: [...WITH_BODY, 'CONFLICT'],
  },
  listWebhooks: {
    method: 'get',
    path: '/v1/webhooks',
    tag: 'webhooks',
    access: 'viewer',
    summary: 'List webhooks, newest first',
    query: WebhookListQuery,
    answers: { 200: { description: 'One page.', schema: WebhookList } },
    problems: READ,
  },
  getWebhook: {
    method: 'get',
    path: '/v1/webhooks/{id}',
    tag: 'webhooks',
    access: 'viewer',
    summary: 'Read a webhook',
    params: IdParams,
    query: NO_QUERY,
    answers: { 200: { description: 'As it is now.', schema: Webhook } },
    problems: [...READ, 'NOT_FOUND'],
  },
  putWebhook: {
    method: 'put',
    path: '/v1/webhooks/{id}',
    tag: 'webhooks',
    access: 'admin',
    summary: 'Change a webhook, disable or enable it',
    description:
      'What is on its way when it is disabled is given up. One that is enabled again gets what happens from then on; what it has missed is sent by a replay.',
    params: IdParams,
    query: NO_QUERY,
    body: WebhookRequest,
    answers: { 200: { description: 'As it is now.', schema: Webhook } },
    problems: [...WITH_BODY, 'NOT_FOUND'],
  },
  deleteWebhook: {
    method: 'delete',
    path: '/v1/webhooks/{id}',
    tag: 'webhooks',
    access: 'admin',
    summary: 'Delete a webhook, with its deliveries',
    params: IdParams,
    query: NO_QUERY,
    answers: { 204: { description: 'It is deleted.' } },
    problems: [...CHANGE, 'NOT_FOUND'],
  },
  rotateWebhookSecret: {
    method: 'post',
    path: '/v1/webhooks/{id}/secret',
    tag: 'webhooks',
    access: 'admin',
    summary: 'Give a webhook a new secret',
    description:
      'For a while both secrets sign, so that receivers can change at their leisure. Two at most: of a rotation before this one the oldest secret ends at once.',
    params: IdParams,
    query: NO_QUERY,
    body: SecretRotationRequest,
    answers: { 200: { description: 'The webhook, with its new secret.', schema: WebhookWithSecret } },
    problems: [...WITH_BODY, 'NOT_FOUND'],
  },
  testWebhook: {
    method: 'post',
    path: '/v1/webhooks/{id}/test',
    tag: 'webhooks',
    access: 'admin',
    summary: 'Send a webhook a message of type `webhook.ping`, once',
    description:
      'Also when it is disabled. The answer comes when the receiver has answered, or its time is over.',
    params: IdParams,
    query: NO_QUERY,
    answers: { 200: { description: 'How it came out.', schema: WebhookTest } },
    problems: [...CHANGE, 'NOT_FOUND'],
  },
  replayWebhook: {
    method: 'post',
    path: '/v1/webhooks/{id}/replay',
    tag: 'webhooks',
    access: 'admin',
    summary: 'Have a webhook sent what it has missed',
    description:
      'All events of its types since an instant or after a position, as far as the log still has them, but for those that have arrived or are on their way.',
    params: IdParams,
    query: NO_QUERY,
    body: WebhookReplayRequest,
    answers: { 202: { description: 'What is gone through again.', schema: WebhookReplay } },
    problems: [...WITH_BODY, 'NOT_FOUND', 'CONFLICT'],
  },
  listWebhookDeliveries: {
    method: 'get',
    path: '/v1/webhooks/{id}/deliveries',
    tag: 'webhooks',
    access: 'viewer',
    summary: 'List deliveries with their attempts, newest first',
    description: 'Those that have ended are kept for 30 days.',
    params: IdParams,
    query: WebhookDeliveryListQuery,
    answers: { 200: { description: 'One page.', schema: WebhookDeliveryList } },
    problems: [...READ, 'NOT_FOUND'],
  },
  replayWebhookDelivery: {
    method: 'post',
    path: '/v1/webhooks/{id}/deliveries/{deliveryId}/replay',
    tag: 'webhooks',
    access: 'admin',
    summary: 'Have one delivery made again, at once',
    description: 'With the same `webhook-id`, whatever became of it before.',
    params: WebhookDeliveryParams,
    query: NO_QUERY,
    answers: { 202: { description: 'As it is now.', schema: WebhookDelivery } },
    problems: [...CHANGE, 'NOT_FOUND', 'CONFLICT'],
  },
} as const satisfies Record<string, OperationSpec>;
