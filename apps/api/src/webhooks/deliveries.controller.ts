import { repositories, type DataSource } from '@cairn/dao';
import type { http } from '@cairn/dto';
import { WebhookService } from '@cairn/webhooks';
import { Controller, Inject } from '@nestjs/common';
import { DATA_SOURCE } from '../app/tokens.js';
import { NotFoundError } from '../http/api-error.js';
import { readCursor, writeCursor } from '../http/cursor.js';
import { Input, Tenant } from '../http/input.decorators.js';
import { Operation } from '../http/operation.decorator.js';
import type { InputOf } from '../http/read-input.js';
import { deliveryView } from './webhook-view.js';

/** What is on its way to webhooks, and what was. */
@Controller()
export class DeliveriesController {
  constructor(
    @Inject(WebhookService) private readonly webhooks: WebhookService,
    @Inject(DATA_SOURCE) private readonly dataSource: DataSource,
  ) {}

  @Operation('listWebhookDeliveries')
  async list(
    @Tenant() tenantId: string,
    @Input() { params, query }: InputOf<'listWebhookDeliveries'>,
  ): Promise<http.WebhookDeliveryList> {
    const { limit, cursor, status } = query;
    const after = readCursor(cursor);
    const { webhooks, webhookDeliveries } = repositories(this.dataSource);
    if (!(await webhooks.getWebhook(tenantId, params.id))) throw new NotFoundError('webhook');
    const page = await webhookDeliveries.listDeliveries(tenantId, params.id, {
      limit: limit!,
      after,
      status,
    });
    return { items: page.rows.map(deliveryView), ...(page.next && { nextCursor: writeCursor(page.next) }) };
  }

  @Operation('replayWebhookDelivery')
  async replay(
    @Tenant() tenantId: string,
    @Input() { params }: InputOf<'replayWebhookDelivery'>,
  ): Promise<http.WebhookDelivery> {
    const { id, deliveryId } = params;
    await this.webhooks.replayDelivery(tenantId, id, deliveryId);
    const delivery = await repositories(this.dataSource).webhookDeliveries.getDelivery(
      tenantId,
      id,
      deliveryId,
    );
    if (!delivery) throw new NotFoundError('delivery');
    return deliveryView(delivery);
  }
}
