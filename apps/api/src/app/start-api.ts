import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { openStore } from '@cairn/artifact-store';
import { readJsonResource, resourceRoot } from '@cairn/campaign-kit';
import { loadCatalog } from '@cairn/catalog';
import type { Configuration } from '@cairn/configuration';
import { createDataSource, repositories } from '@cairn/dao';
import { http } from '@cairn/dto';
import {
  GateService,
  ResourceLibrary,
  RunService,
  ScheduleKeeper,
  ScheduleService,
  SecondTries,
} from '@cairn/engine';
import { EventFeed } from '@cairn/events';
import { holdKeys } from '@cairn/payload-codec';
import type { Logger } from 'pino';
import { authorityOf } from '../auth/authority-of.js';
import { temporalClient } from '../temporal/connection.js';
import { TemporalRunControl } from '../temporal/run-control.js';
import { TemporalScheduleControl } from '../temporal/schedule-control.js';
import { serveApiMetrics } from '../telemetry/api-metrics.js';
import { webhooksOf } from '../webhooks/start-webhooks.js';
import { startBackground } from './background.js';
import { connectDatabase } from './connect-database.js';
import { listen } from './web-server.js';

/** A request that is under way when the API stops may take this long. Milliseconds. */
const GRACE_MS = 10_000;

export interface RunningApi {
  readonly url: string;
  /** Finishes what is under way, then lets go of PostgreSQL and Temporal. */
  close(): Promise<void>;
}

/**
 * Starts the API: waits for PostgreSQL, brings its schema up to date, listens. Temporal may be away.
 *
 * @param signal gives up waiting for PostgreSQL.
 * @throws when PostgreSQL does not come, or the port is taken.
 */
export async function startApi(
  configuration: Configuration & { readonly databaseUrl: string },
  log: Logger,
  signal?: AbortSignal,
): Promise<RunningApi> {
  const catalog = await loadCatalog(configuration.catalog);
  const client = await temporalClient(configuration);
  const dataSource = createDataSource({ url: configuration.databaseUrl, applicationName: 'cairn-api' });
  const ends: (() => Promise<unknown>)[] = [() => client.connection.close()];
  const end = async () => {
    for (const close of ends.reverse())
      await close().catch((err: unknown) => log.warn({ err }, 'while stopping'));
  };
  try {
    const authority = authorityOf(configuration, dataSource);
    await connectDatabase(dataSource, log, signal);
    ends.push(() => dataSource.destroy());
    const { encryptionKeys, goneEncryptionKeys } = configuration;
    await holdKeys(repositories(dataSource).encryptionKeys, encryptionKeys, goneEncryptionKeys);
    const metrics =
      configuration.metrics && (await serveApiMetrics(dataSource, await version(), configuration.metrics));
    if (metrics) {
      ends.push(() => metrics.close());
      log.info({ url: metrics.url }, 'metrics are served');
    }
    const control = new TemporalRunControl(client, configuration.taskQueue);
    const triggerServices = { resource: (path: string) => readJsonResource(path) };
    const store = await openStore(configuration.artifacts);
    const { maxUploadBytes, verifyAfterMs } = configuration;
    const parts = { dataSource, store, verifyAfterMs, catalog, control, triggerServices, log };
    const runs = new RunService(parts);
    const secondTries = new SecondTries(parts);
    const gates = new GateService(parts);
    const webhooks = webhooksOf(configuration, {
      ...{ dataSource, log, version: await version() },
      attempted: metrics?.attempted,
    });
    const clock = new TemporalScheduleControl(client, configuration.taskQueue);
    const keeper = new ScheduleKeeper({ dataSource, control: clock, log });
    const schedules = new ScheduleService({ ...parts, schedules: clock, keeper });
    const feed = new EventFeed({ dataSource, log });
    // The root that the workers have: keys hold what is there.
    const planning = { ...parts, resources: new ResourceLibrary(fileURLToPath(resourceRoot)) };
    const document = http.openApiDocument(await version());
    const { host, port } = configuration;
    const server = await listen(
      {
        ...{ dataSource, store, maxUploadBytes, catalog, client, feed, log, document },
        ...{ runs, planning, secondTries, gates, schedules, webhooks: webhooks.service },
      },
      {
        ...{ host, port, log, authority },
        watchers: { tracing: configuration.tracing !== undefined, measure: metrics?.measure },
      },
    );
    const background = startBackground({
      ...{ dataSource, store, control, client, keeper, feed, log, webhooks: webhooks.loop },
      namespace: configuration.temporalNamespace,
      collectEveryMs: configuration.collectEveryMs,
      collected: metrics?.collected,
    });
    feed.start();
    ends.push(
      ...background,
      () => server.close(GRACE_MS),
      // First: its followers are requests that would not end.
      () => feed.stop(),
    );
    return { url: server.url, close: end };
  } catch (error) {
    await end();
    throw error;
  }
}

/** Of the program. */
export async function version(): Promise<string> {
  const text = await readFile(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
