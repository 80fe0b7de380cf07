import { Runtime, Worker, type NativeConnection, type WorkflowBundleOption } from '@temporalio/worker';
import type { Configuration } from '@cairn/configuration';
import type { Engine } from '@cairn/engine';
import { encryptingConverter } from '@cairn/payload-codec';
import type { Tracing } from '@cairn/telemetry';
import { recordActivities } from './activities/record-activities.js';
import { skillActivities } from './activities/skill-activities.js';
import { builtBundle } from './bundle/built-bundle.js';
import { makeBundle } from './bundle/make-bundle.js';
import type { Variant } from './bundle/variant.js';
import type { Pool } from './pools.js';
import type { TemporalTracing } from './telemetry/trace-temporal.js';

export interface WorkerParts {
  readonly connection: NativeConnection;
  readonly configuration: Configuration;
  readonly engine: Engine;
  readonly pools: readonly Pool[];
  /** Absent where nobody takes traces. */
  readonly tracing?: Tracing | undefined;
}

/** One of Temporal's workers for each pool: for each queue slots of its own. */
export async function createWorkers(parts: WorkerParts): Promise<readonly Worker[]> {
  // Loaded only here: it brings the whole of OpenTelemetry's SDK along.
  const traced =
    parts.tracing && (await import('./telemetry/trace-temporal.js')).traceTemporal(parts.tracing);
  return Promise.all(parts.pools.map(pool => createWorker(parts, pool, traced)));
}

async function createWorker(
  { connection, configuration, engine }: WorkerParts,
  { taskQueue, slots, walks }: Pool,
  traced: TemporalTracing | undefined,
): Promise<Worker> {
  const dataConverter = encryptingConverter(configuration.encryptionKeys);
  return Worker.create({
    connection,
    taskQueue,
    namespace: configuration.temporalNamespace,
    shutdownGraceTime: configuration.drainMs,
    // A cancellation reaches a step with the answer to its heartbeat: the default would hold one back for 8 s, and
    // a heartbeat of 3 s needs several within it.
    maxHeartbeatThrottleInterval: '1s',
    maxConcurrentActivityTaskExecutions: slots,
    dataConverter,
    activities: { ...(walks && recordActivities(engine)), ...skillActivities(engine) },
    ...traced,
    ...(walks && {
      workflowBundle: await interpreterBundle({
        traced: traced !== undefined,
        encrypted: dataConverter !== undefined,
      }),
    }),
  });
}

async function interpreterBundle(variant: Variant): Promise<WorkflowBundleOption> {
  const built = await builtBundle(variant);
  if (built) return built;
  const { logger } = Runtime.instance();
  logger.info('bundles the workflows: this code was not built by `npm run build`');
  return makeBundle(variant, logger);
}
