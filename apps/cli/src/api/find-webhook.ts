import type { CairnClient } from '@cairn/client';
import { findOne, named } from './find-one.js';

export const WEBHOOK_ARGUMENT = named('webhook');

/** The id of the webhook that somebody named. @throws CliError */
export function findWebhook(client: CairnClient, name: string): Promise<string> {
  return findOne(name, {
    what: 'webhook',
    list: limit => client.listWebhooks({ limit }),
    describe: ({ id, url }) => `${id}  ${url}`,
    next: 'cairn webhooks list shows what there is',
  });
}
