import { Counter, Histogram, type Registry } from 'prom-client';

/** An event that was committed. */
export interface CountedEvent {
  readonly type: string;
  readonly data?: unknown;
}

const MINUTE = 60;
const HOUR = 60 * MINUTE;

/** Counts what the log of events tells, in the process that wrote it: each event once, wherever it is written. */
export function eventMetrics(registry: Registry): (events: readonly CountedEvent[]) => void {
  const registers = [registry];
  const all = new Counter({
    name: 'cairn_events_total',
    help: 'Events that were written, by their type.',
    labelNames: ['type'],
    registers,
  });
  const runs = new Histogram({
    name: 'cairn_run_duration_seconds',
    help: 'Runs that have ended, and how long that took them from their start.',
    labelNames: ['outcome'],
    buckets: [0.1, 1, 10, MINUTE, 10 * MINUTE, HOUR, 6 * HOUR, 24 * HOUR],
    registers,
  });
  const failures = new Counter({
    name: 'cairn_steps_failed_total',
    help: 'Steps that failed for good.',
    labelNames: ['skill'],
    registers,
  });
  const collectedBytes = new Counter({
    name: 'cairn_collected_bytes_total',
    help: 'Bytes that collections removed.',
    registers,
  });
  const collectedRows = new Counter({
    name: 'cairn_collected_rows_total',
    help: 'What collections removed.',
    labelNames: ['kind'],
    registers,
  });
  // From the start, so that the first one is seen as an increase.
  for (const outcome of ['completed', 'failed', 'cancelled']) runs.zero({ outcome });
  return events => {
    for (const { type, data } of events) {
      const facts = (data ?? {}) as Readonly<Record<string, unknown>>;
      all.labels(type).inc();
      const [, outcome] = /^run\.(completed|failed|cancelled)$/.exec(type) ?? [];
      if (outcome !== undefined) runs.labels(outcome).observe(numberOf(facts['durationMs']) / 1_000);
      else if (type === 'step.failed') failures.labels(String(facts['skillId'] ?? '')).inc();
      else if (type === 'store.collected') {
        const blobs = (facts['blobs'] ?? {}) as Readonly<Record<string, unknown>>;
        collectedBytes.inc(numberOf(blobs['bytes']));
        collectedRows.labels('blobs').inc(numberOf(blobs['count']));
        for (const kind of ['runs', 'artifacts', 'entries'])
          collectedRows.labels(kind).inc(numberOf(facts[kind]));
      }
    }
  };
}

const numberOf = (value: unknown) => (typeof value === 'number' ? value : 0);
