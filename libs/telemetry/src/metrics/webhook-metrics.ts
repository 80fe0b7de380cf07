import { Counter, type Registry } from 'prom-client';

/** Told of an attempt to deliver a message to a webhook. */
export type MeasureAttempt = (outcome: 'delivered' | 'failed') => void;

/** Counts what comes of the attempts of this process. */
export function webhookMetrics(registry: Registry): MeasureAttempt {
  const attempts = new Counter({
    name: 'cairn_webhook_attempts_total',
    help: 'Attempts to deliver an event to a webhook, and whether the receiver took it.',
    labelNames: ['outcome'],
    registers: [registry],
  });
  // From the start, so that the first one is seen as an increase.
  for (const outcome of ['delivered', 'failed']) attempts.labels(outcome).inc(0);
  return outcome => attempts.labels(outcome).inc();
}
