import { Histogram, type Registry } from 'prom-client';

/** Takes the operation, the status and how long it took, in seconds. */
export type MeasureRequest = (operation: string, status: number, seconds: number) => void;

/** Measures what the API answers. Operations are those of the OpenAPI document, so there are a few dozen. */
export function httpMetrics(registry: Registry): MeasureRequest {
  const durations = new Histogram({
    name: 'cairn_http_request_duration_seconds',
    help: 'How long requests took, from their first line to the last byte of the answer.',
    labelNames: ['operation', 'status'],
    buckets: [0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 5, 30],
    registers: [registry],
  });
  return (operation, status, seconds) => durations.labels(operation, String(status)).observe(seconds);
}
