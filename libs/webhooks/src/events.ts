import type { NewEvent, Webhook, WebhookDisabledReason } from '@cairn/dao';

/** Which webhook an event is about. Not its whole URL, which may carry what only the receiver should know. */
export function subjectOf({ id, url }: Pick<Webhook, 'id' | 'url'>): { webhookId: string; host: string } {
  return { webhookId: id, host: new URL(url).host };
}

/** That a webhook was disabled, and why. */
export function disabledEvent(webhook: Webhook, reason: WebhookDisabledReason, error?: string): NewEvent {
  return {
    tenantId: webhook.tenantId,
    type: 'webhook.disabled',
    data: { ...subjectOf(webhook), reason, ...(error !== undefined && { error }) },
  };
}
