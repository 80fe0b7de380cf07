import type { Webhook } from '@cairn/dao';
import { signedHeaders } from './secret.js';
import type { SecretSafe } from './secret-safe.js';

/** What is sent to a webhook. */
export interface Message {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/**
 * An event as it is sent to a webhook now: signed with its secret, and for a while after a rotation with the one before.
 * @throws what SecretSafe throws
 */
export function messageTo(
  webhook: Webhook,
  { eventId, body }: { eventId: string; body: string },
  { safe, version }: { safe: SecretSafe; version: string },
): Message {
  const { id, secret, previousSecret, previousSecretUntil } = webhook;
  const overlaps = previousSecretUntil !== null && previousSecretUntil.getTime() > Date.now();
  const stored = overlaps && previousSecret !== null ? [secret, previousSecret] : [secret];
  const secrets = stored.map(one => safe.read(one, id));
  const timestamp = Math.floor(Date.now() / 1000);
  return {
    headers: {
      'content-type': 'application/cloudevents+json; charset=utf-8',
      'user-agent': `Cairn/${version}`,
      ...signedHeaders({ id: eventId, timestamp, body }, secrets),
    },
    body,
  };
}
