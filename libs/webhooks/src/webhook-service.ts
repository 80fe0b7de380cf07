import { randomUUID } from 'node:crypto';
import {
  repositories,
  transaction,
  newId,
  type DataSource,
  type Repositories,
  type Webhook,
} from '@cairn/dao';
import { CairnError, http, ValidationError } from '@cairn/dto';
import type { AddressRules } from './address-rules.js';
import { disabledEvent, subjectOf } from './events.js';
import { messageTo } from './message.js';
import type { SecretSafe } from './secret-safe.js';
import { newSecret } from './secret.js';
import { send } from './send.js';
import { checkUrl } from './target.js';
import { isKnownType, OUTCOMES } from './types.js';

export interface WebhookServiceParts {
  readonly dataSource: DataSource;
  readonly safe: SecretSafe;
  readonly rules: AddressRules;
  /** Of this release, for the user agent. */
  readonly version: string;
  /** For a test, as a whole. Milliseconds. */
  readonly timeoutMs: number;
}

/** What of a webhook can be said. */
export interface WebhookSettings {
  readonly url: string;
  readonly types?: readonly string[] | undefined;
  readonly description?: string | undefined;
}

/** A webhook, and its secret for the one time that it is shown. */
export interface WithSecret {
  readonly webhook: Webhook;
  readonly secret: string;
}

const longestOverlapMs = 7 * 24 * 3_600_000;

/** Makes and changes the webhooks of tenants; each change tells of itself in the log. */
export class WebhookService {
  constructor(private readonly parts: WebhookServiceParts) {}

  /** @throws ValidationError; CairnError CONFLICT when the tenant has as many as it may */
  async create(tenantId: string, settings: WebhookSettings): Promise<WithSecret> {
    const { url, types, description } = this.checked(settings);
    const id = newId();
    const secret = newSecret();
    const stored = this.parts.safe.store(secret, id);
    const webhook = await this.change(async tx => {
      const made = await tx.webhooks.insertWebhook(
        { id, tenantId, url, types, description, secret: stored },
        http.MOST_WEBHOOKS,
      );
      if (!made)
        throw new CairnError(
          'CONFLICT',
          `A tenant may have ${http.MOST_WEBHOOKS} webhooks, and this one has`,
        );
      await tx.events.append([
        { tenantId, type: 'webhook.created', data: { ...subjectOf({ id, url }), types: [...types] } },
      ]);
      return (await tx.webhooks.getWebhook(tenantId, id))!;
    });
    return { webhook, secret };
  }

  /** Changes what a webhook is, and whether it gets anything. @throws ValidationError; CairnError NOT_FOUND */
  async update(
    tenantId: string,
    webhookId: string,
    { enabled, ...settings }: WebhookSettings & { readonly enabled: boolean },
  ): Promise<Webhook> {
    const change = this.checked(settings);
    return this.change(async tx => {
      const before = await locked(tx, tenantId, webhookId);
      await tx.webhooks.changeWebhook(tenantId, webhookId, change);
      const now = { ...before, ...change };
      await tx.events.append([
        { tenantId, type: 'webhook.updated', data: { ...subjectOf(now), types: [...now.types] } },
      ]);
      if (enabled && before.status === 'disabled') {
        await tx.webhooks.enable(tenantId, webhookId);
        await tx.events.append([{ tenantId, type: 'webhook.enabled', data: subjectOf(now) }]);
      }
      if (!enabled && (await tx.webhooks.disable(tenantId, webhookId, 'asked')))
        await tx.events.append([disabledEvent(now, 'asked')]);
      return (await tx.webhooks.getWebhook(tenantId, webhookId))!;
    });
  }

  /** @throws CairnError NOT_FOUND */
  async delete(tenantId: string, webhookId: string): Promise<void> {
    await this.change(async tx => {
      const webhook = await locked(tx, tenantId, webhookId);
      await tx.webhooks.deleteWebhook(tenantId, webhookId);
      await tx.events.append([{ tenantId, type: 'webhook.deleted', data: subjectOf(webhook) }]);
    });
  }

  /** @param overlapMs how long the secret before signs beside the new one @throws ValidationError; CairnError NOT_FOUND */
  async rotateSecret(tenantId: string, webhookId: string, overlapMs: number): Promise<WithSecret> {
    if (overlapMs > longestOverlapMs)
      throw new ValidationError(
        [{ path: '/overlap', code: 'VALIDATION_ERROR', message: 'it must be at most 168h' }],
        'The request',
      );
    const secret = newSecret();
    const stored = this.parts.safe.store(secret, webhookId);
    const webhook = await this.change(async tx => {
      const before = await locked(tx, tenantId, webhookId);
      await tx.webhooks.rotateSecret(tenantId, webhookId, { secret: stored, overlapMs });
      const now = (await tx.webhooks.getWebhook(tenantId, webhookId))!;
      const until = now.previousSecretUntil?.toISOString();
      await tx.events.append([
        {
          tenantId,
          type: 'webhook.secret_rotated',
          data: { ...subjectOf(before), ...(until !== undefined && { previousUntil: until }) },
        },
      ]);
      return now;
    });
    return { webhook, secret };
  }

  /** Sends a message once, and says how that came out. @throws CairnError NOT_FOUND */
  async test(tenantId: string, webhookId: string): Promise<http.WebhookTest> {
    const { dataSource, rules, timeoutMs } = this.parts;
    const webhook = found(await repositories(dataSource).webhooks.getWebhook(tenantId, webhookId));
    const messageId = randomUUID();
    const message = messageTo(webhook, { eventId: messageId, body: pingOf(webhook, messageId) }, this.parts);
    const { ok, status, error, durationMs } = await send(new URL(webhook.url), message, { rules, timeoutMs });
    const outcome = { ok, ...(status !== undefined && { status }), ...(error !== undefined && { error }) };
    const data = { ...subjectOf(webhook), ...outcome };
    await repositories(dataSource).events.append([{ tenantId, type: 'webhook.tested', data }]);
    return { ...outcome, durationMs, messageId };
  }

  /**
   * Has what a webhook has missed sent, from after a position or since an instant on.
   * @throws ValidationError; CairnError NOT_FOUND, CONFLICT when it is disabled
   */
  async replay(
    tenantId: string,
    webhookId: string,
    { since, after, all = false }: http.WebhookReplayRequest,
  ): Promise<http.WebhookReplay> {
    if ((since === undefined) === (after === undefined))
      throw new ValidationError(
        [{ path: '/since', code: 'VALIDATION_ERROR', message: 'either since or after is to be given' }],
        'The request',
      );
    return this.change(async tx => {
      const webhook = await locked(tx, tenantId, webhookId);
      refuseDisabled(webhook);
      const from = after ?? (await tx.webhooks.positionBefore(tenantId, new Date(since!)));
      const to = await tx.webhooks.replay(tenantId, webhookId, { after: from, all });
      const span = { after: Math.min(from, to), to };
      await tx.events.append([
        { tenantId, type: 'webhook.replayed', data: { ...subjectOf(webhook), ...span, all } },
      ]);
      return span;
    });
  }

  /** Has one delivery made again. @throws CairnError NOT_FOUND, CONFLICT when the webhook is disabled */
  async replayDelivery(tenantId: string, webhookId: string, deliveryId: string): Promise<void> {
    await this.change(async tx => {
      const webhook = await locked(tx, tenantId, webhookId);
      const delivery = await tx.webhookDeliveries.getDelivery(tenantId, webhookId, deliveryId);
      if (!delivery) throw new CairnError('NOT_FOUND', 'There is no such delivery');
      refuseDisabled(webhook);
      await tx.webhookDeliveries.replayDelivery(tenantId, deliveryId);
      await tx.events.append([
        { tenantId, type: 'webhook.replayed', data: { ...subjectOf(webhook), deliveryId } },
      ]);
    });
  }

  private change<T>(work: (tx: Repositories) => Promise<T>): Promise<T> {
    return transaction(this.parts.dataSource, work);
  }

  private checked({ url, types = OUTCOMES, description }: WebhookSettings) {
    checkUrl(url, this.parts.rules);
    const unknown = types.findIndex(type => !isKnownType(type));
    if (unknown >= 0)
      throw new ValidationError(
        [
          {
            path: `/types/${unknown}`,
            code: 'VALIDATION_ERROR',
            message: `there are no events of type ${types[unknown]}`,
          },
        ],
        'The webhook',
      );
    return { url, types: [...types], description: description ?? null };
  }
}

function found(webhook: Webhook | null): Webhook {
  if (!webhook) throw new CairnError('NOT_FOUND', 'There is no such webhook');
  return webhook;
}

const locked = async (tx: Repositories, tenantId: string, webhookId: string): Promise<Webhook> =>
  found(await tx.webhooks.lockWebhook(tenantId, webhookId));

function refuseDisabled({ status }: Webhook): void {
  if (status === 'disabled')
    throw new CairnError('CONFLICT', 'The webhook is disabled: it has to be enabled first');
}

/** A CloudEvent that is in no log. */
function pingOf({ id: webhookid, tenantId }: Webhook, id: string): string {
  return JSON.stringify({
    specversion: '1.0',
    id,
    source: `/v1/tenants/${encodeURIComponent(tenantId)}`,
    type: 'webhook.ping',
    time: new Date().toISOString(),
    datacontenttype: 'application/json',
    tenantid: tenantId,
    data: { webhookId: webhookid },
  });
}
