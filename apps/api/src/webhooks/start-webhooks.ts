import type { Configuration } from '@cairn/configuration';
import type { DataSource } from '@cairn/dao';
import { toEnvelope } from '@cairn/events';
import { KeyRing } from '@cairn/payload-codec';
import type { MeasureAttempt } from '@cairn/telemetry';
import { AddressRules, COURIER_DEFAULTS, LOOPBACK, SecretSafe, WebhookService } from '@cairn/webhooks';
import type { Logger } from 'pino';
import { WebhookLoop } from './webhook-loop.js';

export interface WebhookParts {
  readonly dataSource: DataSource;
  readonly log: Logger;
  readonly attempted: MeasureAttempt | undefined;
  /** Of this release. */
  readonly version: string;
}

/** What serves webhooks: their changes, and the loop that sends, which is yet to be started. */
export function webhooksOf(
  { webhooks, encryptionKeys, operatorKeyHash }: Configuration,
  { dataSource, log, version, attempted }: WebhookParts,
): { service: WebhookService; loop: WebhookLoop } {
  // Without keys all who ask are on this machine, and can reach themselves what listens on it.
  const allow = webhooks.allow ?? (operatorKeyHash === undefined ? LOOPBACK : []);
  const rules = new AddressRules(allow);
  const safe = new SecretSafe(encryptionKeys && new KeyRing(encryptionKeys));
  const timeoutMs = webhooks.timeoutMs ?? COURIER_DEFAULTS.timeoutMs;
  const { retryAfterMs, disableAfterMs } = webhooks;
  const render = (event: Parameters<typeof toEnvelope>[0]) => JSON.stringify(toEnvelope(event));
  return {
    service: new WebhookService({ dataSource, safe, rules, version, timeoutMs }),
    loop: new WebhookLoop(
      { dataSource, safe, rules, render, version, log, attempted },
      {
        timeoutMs,
        ...(retryAfterMs && { retryAfterMs }),
        ...(disableAfterMs !== undefined && { disableAfterMs }),
      },
    ),
  };
}
