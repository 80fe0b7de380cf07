import { openStore } from '@cairn/artifact-store';
import { readJsonResource, resourceRoot } from '@cairn/campaign-kit';
import { CatalogError, loadCatalog } from '@cairn/catalog';
import { ConfigurationError, readConfiguration, type Configuration } from '@cairn/configuration';
import { createDataSource, migrate, repositories } from '@cairn/dao';
import {
  HitCounter,
  LeaseKeeper,
  patiently,
  ResourceLibrary,
  SkillRegistry,
  sweepScratchFolders,
  Waker,
  registerBuild,
  Reports,
  type Engine,
} from '@cairn/engine';
import { encryptingConverter, EncryptionKeysError, holdKeys } from '@cairn/payload-codec';
import { builtInAdapters } from '@cairn/providers';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { createLog, startTracing } from '@cairn/telemetry';
import { Client } from '@temporalio/client';
import { untilItWorks } from './patience.js';
import { poolsOf } from './pools.js';
import { repeat, type Repetition } from './repeat.js';
import { runUntil } from './run-until.js';
import { servedSkills } from './served-skills.js';
import { stopSignal } from './stop-signal.js';
import { freePort } from './telemetry/free-port.js';
import { workerMetrics } from './telemetry/worker-metrics.js';
import { connectToTemporal } from './temporal-connection.js';
import { logTemporalTo } from './temporal-log.js';
import { temporalWake } from './temporal-wake.js';
import { createWorkers } from './workers.js';

/** How often wake-ups are sent that another process left. */
const WAKE_EVERY_MS = 1_000;
/** How often hits of the cache are written down. */
const COUNT_EVERY_MS = 1_000;
/** How often the API is told that the worker lives. */
const REGISTER_EVERY_MS = 30_000;

async function main(configuration: Configuration, stop: AbortSignal): Promise<void> {
  const log = createLog('cairn-worker', configuration.logLevel);
  const tracing =
    configuration.tracing &&
    (await startTracing({
      ...configuration.tracing,
      name: 'cairn-worker',
      version: await version(),
      warn: reason => log.warn({ error: reason }, 'traces cannot be sent'),
    }));
  const temporalMetricsAt = configuration.metrics && `127.0.0.1:${await freePort()}`;
  logTemporalTo(log, temporalMetricsAt);
  const metrics =
    configuration.metrics &&
    workerMetrics({
      version: await version(),
      at: configuration.metrics,
      temporalUrl: `http://${temporalMetricsAt}/metrics`,
    });
  const servedMetrics = await metrics?.serve();
  if (servedMetrics) log.info({ url: servedMetrics.url }, 'metrics are served');
  // Started by a parent that has died, and its servers with it: there is nothing left to finish on.
  process.once('disconnect', () => process.exit(1));

  const catalog = await loadCatalog(configuration.catalog);
  const pools = poolsOf(catalog, configuration);
  const skills = await SkillRegistry.load(catalog, builtInAdapters);
  const dataSource = createDataSource({ url: configuration.databaseUrl!, applicationName: 'cairn-worker' });
  await untilItWorks('PostgreSQL', log, stop, () => dataSource.initialize());
  // It may go away again in between.
  await patiently(stop, () => migrate(dataSource));
  const { encryptionKeys, goneEncryptionKeys } = configuration;
  await patiently(stop, () =>
    holdKeys(repositories(dataSource).encryptionKeys, encryptionKeys, goneEncryptionKeys),
  );
  const connection = await untilItWorks('Temporal', log, stop, () => connectToTemporal(configuration));

  await sweepScratchFolders();
  const client = new Client({
    connection,
    namespace: configuration.temporalNamespace,
    dataConverter: encryptingConverter(configuration.encryptionKeys),
  });
  const waker = new Waker({ dataSource, control: temporalWake(client), log });
  const leases = new LeaseKeeper(
    { databaseUrl: configuration.databaseUrl!, leaseMs: configuration.leaseMs },
    log,
  );
  await leases.ready();
  const hits = new HitCounter(dataSource);
  const reports = new Reports(dataSource, log);
  const engine: Engine = {
    hits,
    reports,
    leases,
    waker,
    verifyAfterMs: configuration.verifyAfterMs,
    dataSource,
    store: await openStore(configuration.artifacts),
    catalog,
    triggerServices: { resource: path => readJsonResource(path) },
    skills,
    resources: new ResourceLibrary(fileURLToPath(resourceRoot)),
    log,
    tracer: tracing,
    meter: metrics?.meter,
  };
  const workers = await createWorkers({ connection, configuration, engine, pools, tracing });
  metrics?.watch(dataSource, client, pools, workers);
  const registered = servedSkills(catalog, pools);
  const register = () => registerBuild(dataSource, skills, registered);
  // Before it says that it is ready: runs that are asked for then are held against what is registered.
  await patiently(stop, register);
  const running = runUntil(stop, workers, log, configuration.drainMs);
  const chores: readonly Repetition[] = [
    { what: 'waking those who wait', everyMs: WAKE_EVERY_MS, work: () => waker.sendOverdue() },
    { what: 'counting hits', everyMs: COUNT_EVERY_MS, work: () => hits.flush() },
    {
      what: 'saying which skills are served',
      everyMs: REGISTER_EVERY_MS,
      work: register,
    },
  ];
  const repeating = chores.map(chore => repeat(chore, log, stop));
  const queues = pools.map(({ queue, slots }) => `${queue}=${slots}`);
  log.info({ skills: skills.all.map(({ skill }) => skill.id), queues }, 'the worker is ready');
  process.send?.({ kind: 'ready' });
  await running;
  await Promise.all(repeating);
  await hits.flush().catch(() => undefined);
  await reports.close();
  await leases.close();
  await connection.close();
  await dataSource.destroy();
  await servedMetrics?.close();
  await tracing?.close();
}

async function version(): Promise<string> {
  const text = await readFile(new URL('../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}

const stop = stopSignal();
try {
  const configuration = readConfiguration(process.env);
  for (const name of ['databaseUrl', 'temporalAddress'] as const)
    if (configuration[name] === undefined)
      throw new ConfigurationError(
        `${name === 'databaseUrl' ? 'DATABASE_URL' : 'TEMPORAL_ADDRESS'} is not set`,
      );
  await main(configuration, stop);
  process.exit(0);
} catch (error) {
  // Told to stop before there was anything to end.
  if (error === stop.reason) process.exit(0);
  // What a person can mend by the message alone needs no stack.
  const plain = [ConfigurationError, CatalogError, EncryptionKeysError].some(kind => error instanceof kind);
  const text = error instanceof Error && !plain ? error.stack : (error as Error).message;
  process.stderr.write(`cairn-worker: ${text}\n`);
  process.exit(1);
}
