import type { DataSource } from '@cairn/dao';
import {
  collectionMetrics,
  databaseMetrics,
  httpMetrics,
  newRegistry,
  recordMetrics,
  serveMetrics,
  webhookMetrics,
  type MeasureAttempt,
  type MeasureCollection,
  type MeasureRequest,
} from '@cairn/telemetry';

/** What the API's program is measured by. */
export interface ApiMetrics {
  readonly measure: MeasureRequest;
  readonly collected: MeasureCollection;
  readonly attempted: MeasureAttempt;
  /** Where they are found. */
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Measures the API, and serves that with what the records say is under way.
 * @throws the server's own error when it cannot listen
 */
export async function serveApiMetrics(
  dataSource: DataSource,
  version: string,
  at: { readonly host: string; readonly port: number },
): Promise<ApiMetrics> {
  const registry = newRegistry({ name: 'api', version });
  databaseMetrics(registry, dataSource);
  recordMetrics(registry, dataSource);
  const measure = httpMetrics(registry);
  const collected = collectionMetrics(registry);
  const attempted = webhookMetrics(registry);
  const { url, close } = await serveMetrics(registry, at);
  return { measure, collected, attempted, url, close };
}
