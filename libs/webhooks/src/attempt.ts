import { repositories, transaction, type TakenDelivery, type Webhook } from '@cairn/dao';
import type { CourierParts, CourierSettings } from './courier.js';
import { disabledEvent } from './events.js';
import { messageTo, type Message } from './message.js';
import { nextAttemptIn } from './retry-schedule.js';
import { send, type Outcome } from './send.js';

/** The receiver wants nothing more, ever: RFC 9110, 15.5.11. */
const GONE = 410;
/** When a message that could not be signed is tried again. Milliseconds. */
const UNSIGNED_PAUSE_MS = 60_000;

/** Makes one attempt to deliver, and records how it came out. @throws when it cannot be recorded */
export async function attemptDelivery(
  parts: CourierParts,
  settings: CourierSettings,
  webhook: Webhook,
  delivery: TakenDelivery,
): Promise<void> {
  let message: Message;
  try {
    message = messageTo(webhook, delivery, parts);
  } catch (error) {
    // Nothing is wrong with the receiver.
    parts.log.error({ webhookId: webhook.id, error: (error as Error).message }, 'a webhook cannot be signed');
    return repositories(parts.dataSource).webhooksAcrossTenants.giveBack(delivery, UNSIGNED_PAUSE_MS);
  }
  const at = new Date().toISOString();
  const { rules } = parts;
  const outcome = await send(new URL(webhook.url), message, { rules, timeoutMs: settings.timeoutMs });
  parts.attempted?.(outcome.ok ? 'delivered' : 'failed');
  await record(parts, settings, { webhook, delivery, outcome, at });
}

interface Attempt {
  readonly webhook: Webhook;
  readonly delivery: TakenDelivery;
  readonly outcome: Outcome;
  /** When it began: ISO 8601. */
  readonly at: string;
}

async function record(
  { dataSource, log }: CourierParts,
  { retryAfterMs: schedule, disableAfterMs }: CourierSettings,
  { webhook, delivery, outcome, at }: Attempt,
): Promise<void> {
  const { ok, status, error, durationMs, retryAfterMs } = outcome;
  const nextInMs = ok
    ? undefined
    : nextAttemptIn(delivery.attempts - delivery.earlierAttempts, {
        ...{ schedule, retryAfterMs, random: Math.random() },
      });
  const attempt = {
    ...{ attempt: delivery.attempts, at, durationMs },
    ...(status !== undefined && { status }),
    ...(error !== undefined && { error }),
  };
  const disabled = await transaction(dataSource, async tx => {
    const { webhooksAcrossTenants: across } = tx;
    if (ok) await across.noteSuccess(webhook.id);
    const failingMs = ok ? 0 : await across.noteFailure(webhook.id);
    await across.endAttempt(delivery, { attempt, delivered: ok, nextInMs });
    const reason = status === GONE ? 'gone' : !ok && failingMs >= disableAfterMs ? 'failing' : undefined;
    if (!reason || !(await tx.webhooks.disable(webhook.tenantId, webhook.id, reason))) return undefined;
    await tx.events.append([disabledEvent(webhook, reason, error)]);
    return reason;
  });
  if (disabled) log.warn({ webhookId: webhook.id, reason: disabled, error }, 'a webhook was disabled');
}
