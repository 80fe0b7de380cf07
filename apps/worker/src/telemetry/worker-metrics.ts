import type { DataSource } from '@cairn/dao';
import { addReadings, databaseMetrics, newRegistry, serveMetrics, stepMetrics } from '@cairn/telemetry';
import type { Client } from '@temporalio/client';
import type { Worker } from '@temporalio/worker';
import type { Pool } from '../pools.js';
import { readBacklogs } from './backlogs.js';
import { addSlots } from './slots.js';

export interface WorkerMetricsParts {
  readonly version: string;
  /** Where they are served. */
  readonly at: { readonly host: string; readonly port: number };
  /** Where Temporal's SDK serves its own; they are handed on. */
  readonly temporalUrl: string;
}

/** What a worker's program is measured by. */
export function workerMetrics({ version, at, temporalUrl }: WorkerMetricsParts) {
  const registry = newRegistry({ name: 'worker', version });
  return {
    meter: stepMetrics(registry),
    /** Measures what is not there from the start. */
    watch: (
      dataSource: DataSource,
      client: Client,
      pools: readonly Pool[],
      workers: readonly Worker[],
    ): void => {
      databaseMetrics(registry, dataSource);
      addSlots(registry, pools, workers);
      addReadings(registry, {
        source: 'temporal',
        gauges: [
          { name: 'cairn_queue_backlog', help: 'Steps that wait in a queue for a worker.', label: 'queue' },
          {
            name: 'cairn_queue_backlog_age_seconds',
            help: 'How long the first of them waits.',
            label: 'queue',
          },
        ],
        read: () => readBacklogs(client, pools),
      });
    },
    /** @throws the server's own error when it cannot listen */
    serve: () => serveMetrics(registry, at, async () => textOf(temporalUrl)),
  };
}

const TIMEOUT_MS = 1_000;

async function textOf(url: string): Promise<string> {
  const response = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) });
  return response.ok ? response.text() : '';
}
