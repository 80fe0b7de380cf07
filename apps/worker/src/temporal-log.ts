import { DefaultLogger, Runtime, type LogLevel } from '@temporalio/worker';
import type { Logger } from 'pino';

const LEVELS: Readonly<Record<LogLevel, 'trace' | 'debug' | 'info' | 'warn' | 'error'>> = {
  TRACE: 'trace',
  DEBUG: 'debug',
  INFO: 'info',
  WARN: 'warn',
  ERROR: 'error',
};

/**
 * Sends what Temporal's SDK has to say to the worker's own log, and leaves the process's signals to the worker. Once,
 * before anything else of the SDK is used.
 *
 * @param metricsAt where the SDK serves its metrics, `host:port`; nowhere when absent
 */
export function logTemporalTo(log: Logger, metricsAt?: string): void {
  const logger = new DefaultLogger('INFO', ({ level, message, meta }) => {
    // The token is of no use to a reader, and longer than all the rest.
    const { error, taskToken: _, ...fields } = (meta ?? {}) as { error?: unknown; taskToken?: unknown };
    log[LEVELS[level]]({ ...fields, ...(error instanceof Error && { err: error }) }, message);
  });
  const metrics = metricsAt === undefined ? undefined : { prometheus: { bindAddress: metricsAt } };
  Runtime.install({ logger, shutdownSignals: [], ...(metrics && { telemetryOptions: { metrics } }) });
}
