import { Gauge, type Registry } from 'prom-client';

/** Told of a collection that came to its end, and how long it took, in seconds. */
export type MeasureCollection = (seconds: number) => void;

/** Measures the collections that a process begins by itself. What they remove is among the events. */
export function collectionMetrics(registry: Registry): MeasureCollection {
  const duration = new Gauge({
    name: 'cairn_collection_duration_seconds',
    help: 'How long the last collection of this process took that came to its end.',
    registers: [registry],
  });
  const last = new Gauge({
    name: 'cairn_collection_last_success_timestamp_seconds',
    help: 'When a collection of this process last came to its end.',
    registers: [registry],
  });
  return seconds => {
    duration.set(seconds);
    last.setToCurrentTime();
  };
}
