import type { CairnClient, Webhook } from '@cairn/client';
import type { Command } from 'commander';
import { openApi } from '../api/find-api.js';
import { findWebhook, WEBHOOK_ARGUMENT } from '../api/find-webhook.js';
import { EXIT } from '../errors.js';
import type { Shell } from '../shell.js';
import { listWebhooks, showTest, showWebhook } from '../show/webhook-report.js';
import { apiOptions, wholeNumber, type ApiOptions } from './options.js';
import { addDeliveries, addReplay } from './webhooks-deliveries.js';

const TYPES = 'of events: run.failed, run.* for all about runs, * for all; quote the stars';

/** `cairn webhooks …`: where events are sent. */
export function addWebhooks(program: Command, shell: Shell): void {
  const webhooks = program
    .command('webhooks')
    .description('have events sent to URLs, and see what became of them');
  addCreate(webhooks, shell);
  addList(webhooks, shell);
  addUpdate(webhooks, shell);
  addOne(webhooks, shell, 'show', 'show a webhook', (client, id) => client.getWebhook(id));
  addOne(webhooks, shell, 'enable', 'send it what happens from now on', (client, id) =>
    change(client, id, { enabled: true }),
  );
  addOne(webhooks, shell, 'disable', 'send it nothing any more', (client, id) =>
    change(client, id, { enabled: false }),
  );
  addRotation(webhooks, shell);
  addTest(webhooks, shell);
  addDeliveries(webhooks, shell);
  addReplay(webhooks, shell);
  addDelete(webhooks, shell);
}

interface SettingOptions extends ApiOptions {
  readonly types?: readonly string[];
  readonly description?: string;
}

function addCreate(webhooks: Command, shell: Shell): void {
  const command = webhooks
    .command('create')
    .description('have events sent to a URL, and print the secret that verifies them')
    .argument('<url>', 'where they are POSTed')
    .option('--types <types...>', `${TYPES} (default: how runs come out, and gates that open)`)
    .option('--description <text>', 'for people');
  apiOptions(command).action((url: string, { types, description, ...options }: SettingOptions) =>
    shell.perform(async () => {
      const request = { url, description, ...(types && { types: [...types] }) };
      tell(await openApi(options, shell).createWebhook(request), options, shell);
      return EXIT.completed;
    }),
  );
}

interface ListOptions extends ApiOptions {
  readonly limit: number;
  readonly cursor?: string;
}

function addList(webhooks: Command, shell: Shell): void {
  const command = webhooks
    .command('list')
    .description('list webhooks, newest first')
    .option('--limit <count>', 'how many, 200 at most', wholeNumber(1, 200), 20)
    .option('--cursor <cursor>', 'go on where the page before ended');
  apiOptions(command).action(({ limit, cursor, ...options }: ListOptions) =>
    shell.perform(async () => {
      const page = await openApi(options, shell).listWebhooks({ limit, cursor });
      if (options.json) shell.json(page);
      else listWebhooks(page, shell.screen);
      return EXIT.completed;
    }),
  );
}

function addUpdate(webhooks: Command, shell: Shell): void {
  const command = webhooks
    .command('update')
    .description('change what is said of a webhook; the rest stays')
    .argument('<webhook>', WEBHOOK_ARGUMENT)
    .option('--to <url>', 'another URL')
    .option('--types <types...>', TYPES)
    .option('--description <text>', 'for people');
  apiOptions(command).action(
    (named: string, { to, types, description, ...options }: SettingOptions & { readonly to?: string }) =>
      shell.perform(async () => {
        const client = openApi(options, shell);
        const settings = {
          ...(to !== undefined && { url: to }),
          ...(types && { types: [...types] }),
          ...(description !== undefined && { description }),
        };
        tell(await change(client, await findWebhook(client, named), settings), options, shell);
        return EXIT.completed;
      }),
  );
}

/** What only takes a webhook, and shows it. */
function addOne(
  webhooks: Command,
  shell: Shell,
  name: string,
  description: string,
  work: (client: CairnClient, webhookId: string) => Promise<Webhook>,
): void {
  const command = webhooks.command(name).description(description).argument('<webhook>', WEBHOOK_ARGUMENT);
  apiOptions(command).action((named: string, options: ApiOptions) =>
    shell.perform(async () => {
      const client = openApi(options, shell);
      tell(await work(client, await findWebhook(client, named)), options, shell);
      return EXIT.completed;
    }),
  );
}

function addRotation(webhooks: Command, shell: Shell): void {
  const command = webhooks
    .command('rotate')
    .description('give a webhook a new secret, and print it')
    .argument('<webhook>', WEBHOOK_ARGUMENT)
    .option(
      '--overlap <time>',
      'for how long the old one signs too, as in 30m or 24h; 0 for not at all',
      '24h',
    );
  apiOptions(command).action(
    (named: string, { overlap, ...options }: ApiOptions & { readonly overlap: string }) =>
      shell.perform(async () => {
        const client = openApi(options, shell);
        const id = await findWebhook(client, named);
        tell(await client.rotateWebhookSecret(id, { overlap }), options, shell);
        return EXIT.completed;
      }),
  );
}

function addTest(webhooks: Command, shell: Shell): void {
  const command = webhooks
    .command('test')
    .description('send a webhook a message, once')
    .argument('<webhook>', WEBHOOK_ARGUMENT);
  apiOptions(command).action((named: string, options: ApiOptions) =>
    shell.perform(async () => {
      const client = openApi(options, shell);
      const outcome = await client.testWebhook(await findWebhook(client, named));
      if (options.json) shell.json(outcome);
      else showTest(outcome, shell.screen);
      return outcome.ok ? EXIT.completed : EXIT.failed;
    }),
  );
}

function addDelete(webhooks: Command, shell: Shell): void {
  const command = webhooks
    .command('delete')
    .description('delete a webhook, with its deliveries')
    .argument('<webhook>', WEBHOOK_ARGUMENT);
  apiOptions(command).action((named: string, options: ApiOptions) =>
    shell.perform(async () => {
      const client = openApi(options, shell);
      const id = await findWebhook(client, named);
      await client.deleteWebhook(id);
      if (options.json) shell.json({ id, deleted: true });
      else shell.screen.line(`  ${id} is deleted`);
      return EXIT.completed;
    }),
  );
}

/** Replaces some of what a webhook is. */
async function change(
  client: CairnClient,
  webhookId: string,
  settings: Partial<Pick<Webhook, 'url' | 'types' | 'description' | 'enabled'>>,
): Promise<Webhook> {
  const { url, types, description, enabled } = await client.getWebhook(webhookId);
  return client.putWebhook(webhookId, { url, types, description, enabled, ...settings });
}

function tell(webhook: Webhook & { readonly secret?: string }, { json }: ApiOptions, shell: Shell): void {
  if (json) shell.json(webhook);
  else showWebhook(webhook, shell.screen);
}
