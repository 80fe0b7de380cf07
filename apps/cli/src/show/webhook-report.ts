import type { Webhook, WebhookDelivery, WebhookDeliveryList, WebhookList, WebhookTest } from '@cairn/client';
import { ago, duration } from './format.js';
import type { Colours, Screen } from './screen.js';
import { fields, table } from './table.js';

const WEBHOOKS = [
  { title: 'webhook' },
  { title: 'url', flexible: true },
  { title: 'status' },
  { title: 'types', flexible: true, dispensable: true },
] as const;
const DELIVERIES = [
  { title: 'delivery' },
  { title: 'event' },
  { title: 'status' },
  { title: 'attempts', align: 'right' },
  { title: 'last', flexible: true },
  { title: 'since', align: 'right', dispensable: true },
] as const;

/** Prints a page of webhooks. */
export function listWebhooks({ items, nextCursor }: WebhookList, screen: Screen): void {
  if (items.length === 0) return screen.line('  No webhooks. cairn webhooks create URL makes one.');
  const rows = items.map(webhook => [
    webhook.id,
    webhook.url,
    statusOf(webhook, screen.colours),
    webhook.types.join(' '),
  ]);
  for (const line of table(WEBHOOKS, rows, screen)) screen.line(line);
  more(nextCursor, screen);
}

/** Prints a webhook, and its secret where it has just got one. */
export function showWebhook(webhook: Webhook & { readonly secret?: string }, screen: Screen): void {
  const { failingSince, failures, previousSecretUntil, disabledAt } = webhook;
  const lines = fields(
    [
      ['Webhook', webhook.id],
      ['URL', webhook.url],
      ['Types', webhook.types.join(' ')],
      ['Description', webhook.description],
      ['Status', statusOf(webhook, screen.colours)],
      ['Disabled', disabledAt && ago(disabledAt)],
      ['Failing', failingSince && `since ${failingSince}, ${failures} attempts`],
      ['Old secret', previousSecretUntil && `signs too until ${previousSecretUntil}`],
      ['Secret', webhook.secret],
    ],
    screen,
  );
  for (const line of lines) screen.line(line);
  if (webhook.secret !== undefined)
    screen.line(`\n  ${screen.colours.dim('The secret is shown this once.')}`);
}

/** Prints how a test came out. */
export function showTest({ ok, status, error, durationMs }: WebhookTest, screen: Screen): void {
  const { colours } = screen;
  const time = colours.dim(`(${duration(durationMs)})`);
  screen.line(
    ok ? `  ${colours.green('✔')} answered ${status} ${time}` : `  ${colours.red('✖')} ${error} ${time}`,
  );
}

/** Prints a page of deliveries. */
export function listDeliveries({ items, nextCursor }: WebhookDeliveryList, screen: Screen): void {
  if (items.length === 0) return screen.line('  Nothing was sent yet.');
  const rows = items.map(delivery => [
    delivery.id,
    delivery.eventType,
    delivery.status,
    String(delivery.attempts),
    lastOf(delivery),
    screen.colours.dim(ago(delivery.createdAt)),
  ]);
  for (const line of table(DELIVERIES, rows, screen)) screen.line(line);
  more(nextCursor, screen);
}

function lastOf({ log, status, nextAttemptAt }: WebhookDelivery): string {
  const last = log.at(-1);
  const outcome = last && (last.error ?? `answered ${last.status}`);
  return [outcome, status === 'pending' && nextAttemptAt && `next ${nextAttemptAt}`]
    .filter(Boolean)
    .join('; ');
}

function more(nextCursor: string | undefined, screen: Screen): void {
  if (nextCursor !== undefined)
    screen.line(`\n  ${screen.colours.dim(`There are more: --cursor ${nextCursor}`)}`);
}

function statusOf({ enabled, disabledReason, failures }: Webhook, colours: Colours): string {
  if (!enabled) return colours.red(`✖ disabled (${disabledReason})`);
  return failures > 0 ? colours.yellow('● failing') : colours.green('✔ enabled');
}
