import { repositories, type DataSource, type Webhook } from '@cairn/dao';
import type { http } from '@cairn/dto';
import { WebhookService } from '@cairn/webhooks';
import { Controller, Inject, Res } from '@nestjs/common';
import type { Response } from 'express';
import { DATA_SOURCE } from '../app/tokens.js';
import { NotFoundError } from '../http/api-error.js';
import { readCursor, writeCursor } from '../http/cursor.js';
import { Input, Tenant } from '../http/input.decorators.js';
import { Operation } from '../http/operation.decorator.js';
import type { InputOf } from '../http/read-input.js';
import { webhookView } from './webhook-view.js';

const UNITS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000 };
/** As the schema of the request says it. */
const OVERLAP = '24h';
/** A duration that its schema has checked. Milliseconds. */
const milliseconds = (text: string) =>
  text === '0' ? 0 : Number(text.slice(0, -1)) * UNITS[text.slice(-1)]!;

@Controller()
export class WebhooksController {
  constructor(
    @Inject(WebhookService) private readonly webhooks: WebhookService,
    @Inject(DATA_SOURCE) private readonly dataSource: DataSource,
  ) {}

  @Operation('createWebhook')
  async create(
    @Tenant() tenantId: string,
    @Input() { body }: InputOf<'createWebhook'>,
    @Res({ passthrough: true }) response: Response,
  ): Promise<http.WebhookWithSecret> {
    const { webhook, secret } = await this.webhooks.create(tenantId, body);
    response.setHeader('Location', `/v1/webhooks/${webhook.id}`);
    return { ...webhookView(webhook), secret };
  }

  @Operation('listWebhooks')
  async list(
    @Tenant() tenantId: string,
    @Input() { query }: InputOf<'listWebhooks'>,
  ): Promise<http.WebhookList> {
    const { limit, cursor } = query;
    const { webhooks } = repositories(this.dataSource);
    const page = await webhooks.listWebhooks(tenantId, { limit: limit!, after: readCursor(cursor) });
    return { items: page.rows.map(webhookView), ...(page.next && { nextCursor: writeCursor(page.next) }) };
  }

  @Operation('getWebhook')
  async get(@Tenant() tenantId: string, @Input() { params }: InputOf<'getWebhook'>): Promise<http.Webhook> {
    return webhookView(await this.find(tenantId, params.id));
  }

  @Operation('putWebhook')
  async put(
    @Tenant() tenantId: string,
    @Input() { params, body }: InputOf<'putWebhook'>,
  ): Promise<http.Webhook> {
    return webhookView(await this.webhooks.update(tenantId, params.id, body));
  }

  @Operation('deleteWebhook')
  async delete(@Tenant() tenantId: string, @Input() { params }: InputOf<'deleteWebhook'>): Promise<void> {
    await this.webhooks.delete(tenantId, params.id);
  }

  @Operation('rotateWebhookSecret')
  async rotateSecret(
    @Tenant() tenantId: string,
    @Input() { params, body }: InputOf<'rotateWebhookSecret'>,
  ): Promise<http.WebhookWithSecret> {
    const overlapMs = milliseconds(body.overlap ?? OVERLAP);
    const { webhook, secret } = await this.webhooks.rotateSecret(tenantId, params.id, overlapMs);
    return { ...webhookView(webhook), secret };
  }

  @Operation('testWebhook')
  async test(
    @Tenant() tenantId: string,
    @Input() { params }: InputOf<'testWebhook'>,
  ): Promise<http.WebhookTest> {
    return this.webhooks.test(tenantId, params.id);
  }

  @Operation('replayWebhook')
  async replay(
    @Tenant() tenantId: string,
    @Input() { params, body }: InputOf<'replayWebhook'>,
  ): Promise<http.WebhookReplay> {
    return this.webhooks.replay(tenantId, params.id, body);
  }

  private async find(tenantId: string, webhookId: string): Promise<Webhook> {
    const webhook = await repositories(this.dataSource).webhooks.getWebhook(tenantId, webhookId);
    if (!webhook) throw new NotFoundError('webhook');
    return webhook;
  }
}
