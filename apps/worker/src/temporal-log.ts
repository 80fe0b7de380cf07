import { DefaultLogger, Runtime, type LogLevel, type LogMetadata } from '@temporalio/worker';
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
    const { error, ...fields } = namedOurWay(meta ?? {});
    log[LEVELS[level]]({ ...fields, ...(error instanceof Error && { err: error }) }, message);
  });
  const metrics = metricsAt === undefined ? undefined : { prometheus: { bindAddress: metricsAt } };
  Runtime.install({ logger, shutdownSignals: [], ...(metrics && { telemetryOptions: { metrics } }) });
}

const WORKFLOW_OF_RUN = /^run-([0-9a-f]{8}-[0-9a-f-]{27})/;

/** `runId` is a run's of Cairn in every line; Temporal calls the id of one execution of a workflow so. */
function namedOurWay(meta: LogMetadata): LogMetadata {
  // The token is of no use to a reader, and longer than all the rest.
  const { taskToken: _, runId: temporalRunId, ...fields } = meta;
  const [, runId] = WORKFLOW_OF_RUN.exec(String(fields['workflowId'])) ?? [];
  return {
    ...fields,
    ...(temporalRunId !== undefined && { temporalRunId }),
    ...(runId !== undefined && { runId }),
  };
}
