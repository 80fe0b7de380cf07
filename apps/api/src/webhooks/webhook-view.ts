import type { Webhook, WebhookDelivery } from '@cairn/dao';
import type { http } from '@cairn/dto';
import { given } from '../runs/run-view.js';

/** A webhook as answers show it: without its secret. */
export function webhookView(webhook: Webhook): http.Webhook {
  const { previousSecretUntil: until } = webhook;
  return {
    id: webhook.id,
    url: webhook.url,
    types: webhook.types,
    enabled: webhook.status === 'enabled',
    position: webhook.position,
    failures: webhook.failures,
    createdAt: webhook.createdAt.toISOString(),
    updatedAt: webhook.updatedAt.toISOString(),
    ...given({
      description: webhook.description,
      disabledReason: webhook.disabledReason,
      disabledAt: webhook.disabledAt?.toISOString(),
      failingSince: webhook.failingSince?.toISOString(),
      previousSecretUntil: until && until.getTime() > Date.now() ? until.toISOString() : undefined,
    }),
  };
}

/** A delivery with its attempts, and without what is sent: that is the event. */
export function deliveryView(delivery: WebhookDelivery): http.WebhookDelivery {
  return {
    id: delivery.id,
    webhookId: delivery.webhookId,
    eventId: delivery.eventId,
    eventType: delivery.eventType,
    position: delivery.position,
    status: delivery.status,
    attempts: delivery.attempts,
    log: delivery.log,
    createdAt: delivery.createdAt.toISOString(),
    ...given({
      nextAttemptAt: delivery.nextAttemptAt?.toISOString(),
      endedAt: delivery.endedAt?.toISOString(),
    }),
  };
}
