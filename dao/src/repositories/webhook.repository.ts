import type { EntityManager } from 'typeorm';
import { Webhook, type WebhookDisabledReason } from '../entities/webhook.entity.js';
import { type Page, type PagePosition, readPage } from './paging.js';
import { returning } from './sql.js';

/** A webhook that does not exist yet. */
export interface NewWebhook {
  id: string;
  tenantId: string;
  url: string;
  types: readonly string[];
  description: string | null;
  /** As it is stored. */
  secret: string;
}

/** What of a webhook is changed by hand. */
export type WebhookChange = Pick<NewWebhook, 'url' | 'types' | 'description'>;

/** From where in the log what was missed is sent. */
export interface WebhookReplay {
  /** The position after which it begins. */
  readonly after: number;
  /** Also what has arrived. */
  readonly all: boolean;
}

/** The webhooks of a tenant. */
export class WebhookRepository {
  constructor(private readonly manager: EntityManager) {}

  /**
   * Inserts a webhook, enabled: it gets what is sequenced from now on.
   * @returns false, and nothing is inserted, when the tenant has `most` of them already
   */
  async insertWebhook(webhook: NewWebhook, most: number): Promise<boolean> {
    // One at a time: two that count together would both find room for the last one.
    await this.manager.query(`SELECT pg_advisory_xact_lock(hashtextextended('webhook ' || $1, 0))`, [
      webhook.tenantId,
    ]);
    const rows = await this.manager.query<unknown[]>(
      `INSERT INTO "webhook" ("id", "tenantId", "url", "types", "description", "secret", "position", "createdAt", "updatedAt")
       SELECT $1, $2, $3, $4, $5, $6,
              COALESCE((SELECT "position" FROM "event_head" WHERE "tenantId" = $2), 0), clock_timestamp(), clock_timestamp()
        WHERE (SELECT count(*) FROM "webhook" WHERE "tenantId" = $2) < $7 RETURNING 1`,
      [webhook.id, webhook.tenantId, webhook.url, webhook.types, webhook.description, webhook.secret, most],
    );
    return rows.length > 0;
  }

  async getWebhook(tenantId: string, webhookId: string): Promise<Webhook | null> {
    return this.manager.findOneBy(Webhook, { tenantId, id: webhookId });
  }

  /** The webhook, which nobody else changes until the transaction ends. */
  async lockWebhook(tenantId: string, webhookId: string): Promise<Webhook | null> {
    return this.manager.findOne(Webhook, {
      where: { tenantId, id: webhookId },
      lock: { mode: 'for_no_key_update' },
    });
  }

  /** Newest first, a page at a time. */
  async listWebhooks(
    tenantId: string,
    { limit, after }: { limit: number; after?: PagePosition },
  ): Promise<Page<Webhook>> {
    const query = this.manager
      .createQueryBuilder(Webhook, 'webhook')
      .where('webhook.tenantId = :tenantId', { tenantId });
    return readPage(query, 'webhook', 'DESC', limit, after);
  }

  async changeWebhook(tenantId: string, webhookId: string, change: WebhookChange): Promise<void> {
    await this.manager.query(
      `UPDATE "webhook" SET "url" = $3, "types" = $4, "description" = $5, "updatedAt" = clock_timestamp()
        WHERE "tenantId" = $1 AND "id" = $2`,
      [tenantId, webhookId, change.url, change.types, change.description],
    );
  }

  /** With its deliveries. @returns whether there was one */
  async deleteWebhook(tenantId: string, webhookId: string): Promise<boolean> {
    const { affected } = await this.manager.delete(Webhook, { tenantId, id: webhookId });
    return affected === 1;
  }

  /** Lets a disabled webhook get what is sequenced from now on. */
  async enable(tenantId: string, webhookId: string): Promise<void> {
    await this.manager.query(
      `UPDATE "webhook"
          SET "status" = 'enabled', "disabledReason" = NULL, "disabledAt" = NULL, "failures" = 0, "failingSince" = NULL,
              "position" = GREATEST("position", (SELECT "position" FROM "event_head" WHERE "tenantId" = $1)),
              "replayTo" = NULL, "replayAll" = false, "updatedAt" = clock_timestamp()
        WHERE "tenantId" = $1 AND "id" = $2 AND "status" = 'disabled'`,
      [tenantId, webhookId],
    );
  }

  /**
   * Disables a webhook, and gives up what is on its way to it.
   * @returns whether it was enabled
   */
  async disable(tenantId: string, webhookId: string, reason: WebhookDisabledReason): Promise<boolean> {
    const rows = await returning<unknown>(
      this.manager,
      `UPDATE "webhook" SET "status" = 'disabled', "disabledReason" = $3, "disabledAt" = clock_timestamp(),
              "updatedAt" = clock_timestamp()
        WHERE "tenantId" = $1 AND "id" = $2 AND "status" = 'enabled' RETURNING 1`,
      [tenantId, webhookId, reason],
    );
    if (rows.length > 0)
      await this.manager.query(
        `UPDATE "webhook_delivery" SET "status" = 'failed', "nextAttemptAt" = NULL, "endedAt" = clock_timestamp()
          WHERE "webhookId" = $1 AND "status" = 'pending'`,
        [webhookId],
      );
    return rows.length > 0;
  }

  /**
   * Puts a new secret in the place of the old one, which signs beside it for `overlapMs` more. At once a third one has
   * no place: the oldest goes.
   */
  async rotateSecret(
    tenantId: string,
    webhookId: string,
    { secret, overlapMs }: { secret: string; overlapMs: number },
  ): Promise<void> {
    await this.manager.query(
      `UPDATE "webhook"
          SET "secret" = $3, "previousSecret" = CASE WHEN $4::float8 > 0 THEN "secret" END,
              "previousSecretUntil" = CASE WHEN $4::float8 > 0
                THEN clock_timestamp() + $4::float8 * interval '1 millisecond' END,
              "updatedAt" = clock_timestamp()
        WHERE "tenantId" = $1 AND "id" = $2`,
      [tenantId, webhookId, secret, overlapMs],
    );
  }

  /** Has the log gone through again from a position on. @returns to where, the position of the latest event */
  async replay(tenantId: string, webhookId: string, { after, all }: WebhookReplay): Promise<number> {
    const [row] = await returning<{ replayTo: string }>(
      this.manager,
      `UPDATE "webhook"
          SET "position" = LEAST("position", $3), "replayTo" = "head"."at", "replayAll" = $4
         FROM (SELECT COALESCE(max("position"), 0) AS "at" FROM "event_head" WHERE "tenantId" = $1) AS "head"
        WHERE "tenantId" = $1 AND "id" = $2 RETURNING "replayTo"`,
      [tenantId, webhookId, after, all],
    );
    return Number(row?.replayTo ?? 0);
  }

  /** The position before the first event of a tenant that is not older than an instant; that of the latest without one. */
  async positionBefore(tenantId: string, instant: Date): Promise<number> {
    const [row] = await this.manager.query<{ at: string }[]>(
      `SELECT COALESCE(
         (SELECT min("position") - 1 FROM "event" WHERE "tenantId" = $1 AND "position" IS NOT NULL AND "createdAt" >= $2),
         (SELECT "position" FROM "event_head" WHERE "tenantId" = $1), 0) AS "at"`,
      [tenantId, instant],
    );
    return Number(row?.at ?? 0);
  }
}
