import type { WebhookDelivery } from '@cairn/client';
import { InvalidArgumentError, type Command } from 'commander';
import { openApi } from '../api/find-api.js';
import { findWebhook, WEBHOOK_ARGUMENT } from '../api/find-webhook.js';
import { CliError, EXIT } from '../errors.js';
import type { Shell } from '../shell.js';
import { listDeliveries } from '../show/webhook-report.js';
import { apiOptions, choice, wholeNumber, type ApiOptions } from './options.js';

interface DeliveryOptions extends ApiOptions {
  readonly status?: WebhookDelivery['status'];
  readonly limit: number;
  readonly cursor?: string;
}

/** `cairn webhooks deliveries`: what was sent, and how it came out. */
export function addDeliveries(webhooks: Command, shell: Shell): void {
  const command = webhooks
    .command('deliveries')
    .description('list what was sent to a webhook, newest first, and how it came out')
    .argument('<webhook>', WEBHOOK_ARGUMENT)
    .addOption(choice('--status <status>', 'only those', ['pending', 'delivered', 'failed']))
    .option('--limit <count>', 'how many, 200 at most', wholeNumber(1, 200), 20)
    .option('--cursor <cursor>', 'go on where the page before ended');
  apiOptions(command).action((named: string, { status, limit, cursor, ...options }: DeliveryOptions) =>
    shell.perform(async () => {
      const client = openApi(options, shell);
      const id = await findWebhook(client, named);
      const page = await client.listWebhookDeliveries(id, { status, limit, cursor });
      if (options.json) shell.json(page);
      else listDeliveries(page, shell.screen);
      return EXIT.completed;
    }),
  );
}

interface ReplayOptions extends ApiOptions {
  readonly since?: Date;
  readonly after?: number;
  readonly delivery?: string;
  readonly all?: true;
}

/** `cairn webhooks replay`: what was missed is sent, or one delivery made again. */
export function addReplay(webhooks: Command, shell: Shell): void {
  const command = webhooks
    .command('replay')
    .description('send a webhook what it has missed, or one delivery again')
    .argument('<webhook>', WEBHOOK_ARGUMENT)
    .option('--since <instant>', 'what has happened since, e.g. 2026-11-20T18:00:00Z', instant)
    .option(
      '--after <position>',
      'what is after this position of the log',
      wholeNumber(0, Number.MAX_SAFE_INTEGER),
    )
    .option('--all', 'also what has arrived')
    .option('--delivery <id>', 'only this delivery, whatever became of it');
  apiOptions(command).action((named: string, { since, after, delivery, all, ...options }: ReplayOptions) =>
    shell.perform(async () => {
      if ([since, after, delivery].filter(given => given !== undefined).length !== 1)
        throw new CliError('Say what to send: one of --since, --after and --delivery', EXIT.usage);
      const client = openApi(options, shell);
      const id = await findWebhook(client, named);
      if (delivery !== undefined) {
        const again = await client.replayWebhookDelivery(id, delivery);
        if (options.json) shell.json(again);
        else shell.screen.line(`  ${again.eventType} is sent again`);
        return EXIT.completed;
      }
      const span = await client.replayWebhook(id, { since: since?.toISOString(), after, all });
      if (options.json) shell.json(span);
      else if (span.after === span.to) shell.screen.line('  Nothing has happened since');
      else shell.screen.line(`  Positions ${span.after + 1} to ${span.to} are gone through again`);
      return EXIT.completed;
    }),
  );
}

function instant(text: string): Date {
  const at = new Date(text);
  if (Number.isNaN(at.getTime())) throw new InvalidArgumentError('It must be a date and time, ISO 8601.');
  return at;
}
