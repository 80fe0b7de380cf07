import type {
  NewWebhookRequest,
  SecretRotationRequest,
  Webhook,
  WebhookDelivery,
  WebhookDeliveryList,
  WebhookList,
  WebhookReplay,
  WebhookReplayRequest,
  WebhookRequest,
  WebhookTest,
  WebhookWithSecret,
  operations,
} from '../generated/openapi.js';
import { byId, type CallOptions, type Wire } from '../wire.js';

export type WebhookQuery = NonNullable<operations['listWebhooks']['parameters']['query']>;
export type WebhookDeliveryQuery = NonNullable<operations['listWebhookDeliveries']['parameters']['query']>;

/** The calls that are about webhooks. */
export interface WebhookCalls {
  /** Has events sent to a URL. The secret that verifies their signatures is in this answer only. */
  createWebhook(request: NewWebhookRequest, options?: CallOptions): Promise<WebhookWithSecret>;
  /** One page of the webhooks, newest first. */
  listWebhooks(query?: WebhookQuery, options?: CallOptions): Promise<WebhookList>;
  getWebhook(webhookId: string, options?: CallOptions): Promise<Webhook>;
  /** Replaces what a webhook is, and enables or disables it. */
  putWebhook(webhookId: string, request: WebhookRequest, options?: CallOptions): Promise<Webhook>;
  /** Deletes a webhook with its deliveries. */
  deleteWebhook(webhookId: string, options?: CallOptions): Promise<void>;
  /** Gives a webhook a new secret, which is in this answer only; the old one signs beside it for a while. */
  rotateWebhookSecret(
    webhookId: string,
    request?: SecretRotationRequest,
    options?: CallOptions,
  ): Promise<WebhookWithSecret>;
  /** Sends a webhook a message once. */
  testWebhook(webhookId: string, options?: CallOptions): Promise<WebhookTest>;
  /** Has a webhook sent what it has missed. */
  replayWebhook(
    webhookId: string,
    request: WebhookReplayRequest,
    options?: CallOptions,
  ): Promise<WebhookReplay>;
  /** One page of deliveries with their attempts, newest first. */
  listWebhookDeliveries(
    webhookId: string,
    query?: WebhookDeliveryQuery,
    options?: CallOptions,
  ): Promise<WebhookDeliveryList>;
  /** Has one delivery made again. */
  replayWebhookDelivery(
    webhookId: string,
    deliveryId: string,
    options?: CallOptions,
  ): Promise<WebhookDelivery>;
}

export function webhookCalls({ http, read, done }: Wire): WebhookCalls {
  return {
    createWebhook: (body, { signal } = {}) => read(http.POST('/v1/webhooks', { body, signal }), signal),
    listWebhooks: (query = {}, { signal } = {}) =>
      read(http.GET('/v1/webhooks', { params: { query }, signal }), signal),
    getWebhook: (id, { signal } = {}) =>
      read(http.GET('/v1/webhooks/{id}', { params: byId(id), signal }), signal),
    putWebhook: (id, body, { signal } = {}) =>
      read(http.PUT('/v1/webhooks/{id}', { params: byId(id), body, signal }), signal),
    deleteWebhook: (id, { signal } = {}) =>
      done(http.DELETE('/v1/webhooks/{id}', { params: byId(id), signal }), signal),
    rotateWebhookSecret: (id, body = {}, { signal } = {}) =>
      read(http.POST('/v1/webhooks/{id}/secret', { params: byId(id), body, signal }), signal),
    testWebhook: (id, { signal } = {}) =>
      read(http.POST('/v1/webhooks/{id}/test', { params: byId(id), signal }), signal),
    replayWebhook: (id, body, { signal } = {}) =>
      read(http.POST('/v1/webhooks/{id}/replay', { params: byId(id), body, signal }), signal),
    listWebhookDeliveries: (id, query = {}, { signal } = {}) =>
      read(http.GET('/v1/webhooks/{id}/deliveries', { params: { ...byId(id), query }, signal }), signal),
    replayWebhookDelivery: (id, deliveryId, { signal } = {}) => {
      const params = { path: { id, deliveryId } };
      return read(http.POST('/v1/webhooks/{id}/deliveries/{deliveryId}/replay', { params, signal }), signal);
    },
  };
}
