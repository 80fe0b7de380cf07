import type { EntityManager } from 'typeorm';
import { type DeliveryStatus, WebhookDelivery } from '../entities/webhook-delivery.entity.js';
import { type Page, type PagePosition, readPage } from './paging.js';
import { returning } from './sql.js';

/** Which deliveries of a webhook to list. */
export interface DeliveryFilter {
  limit: number;
  after?: PagePosition | undefined;
  status?: DeliveryStatus | undefined;
}

/** What is on its way to a tenant's webhooks, and what was. */
export class WebhookDeliveryRepository {
  constructor(private readonly manager: EntityManager) {}

  async getDelivery(
    tenantId: string,
    webhookId: string,
    deliveryId: string,
  ): Promise<WebhookDelivery | null> {
    return this.manager.findOneBy(WebhookDelivery, { tenantId, webhookId, id: deliveryId });
  }

  /** Newest first, a page at a time. */
  async listDeliveries(
    tenantId: string,
    webhookId: string,
    filter: DeliveryFilter,
  ): Promise<Page<WebhookDelivery>> {
    const query = this.manager
      .createQueryBuilder(WebhookDelivery, 'delivery')
      .where('delivery.webhookId = :webhookId AND delivery.tenantId = :tenantId', { webhookId, tenantId });
    if (filter.status) query.andWhere('delivery.status = :status', { status: filter.status });
    return readPage(query, 'delivery', 'DESC', filter.limit, filter.after);
  }

  /** Has a delivery made again at once, whatever became of it, with the whole back-off before it. */
  async replayDelivery(tenantId: string, deliveryId: string): Promise<boolean> {
    const rows = await returning<unknown>(
      this.manager,
      `UPDATE "webhook_delivery"
          SET "status" = 'pending', "nextAttemptAt" = clock_timestamp(), "endedAt" = NULL, "earlierAttempts" = "attempts"
        WHERE "tenantId" = $1 AND "id" = $2 RETURNING 1`,
      [tenantId, deliveryId],
    );
    return rows.length > 0;
  }
}
