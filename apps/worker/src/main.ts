import { openFileStore } from '@cairn/artifact-store';
import { resourceRoot } from '@cairn/campaign-kit';
import { CatalogError, loadCatalog } from '@cairn/catalog';
import { ConfigurationError, readConfiguration, type Configuration } from '@cairn/configuration';
import { createDataSource, migrate } from '@cairn/dao';
import { ResourceLibrary, SkillRegistry, type Engine } from '@cairn/engine';
import { builtInAdapters } from '@cairn/providers';
import { fileURLToPath } from 'node:url';
import { pino } from 'pino';
import { untilItWorks } from './patience.js';
import { logTemporalTo } from './temporal-log.js';
import { connectToTemporal } from './temporal-connection.js';
import { createWorkers } from './workers.js';

/** How long a worker that is told to stop lets running steps go on. */
const DRAIN_MS = 3_000;

async function main(configuration: Configuration): Promise<void> {
  const log = pino({ name: 'cairn-worker', level: configuration.logLevel });
  logTemporalTo(log);
  const stop = new AbortController();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => stop.abort());
  // Started by a parent that has died, and its servers with it: there is nothing left to finish on.
  process.once('disconnect', () => process.exit(1));

  const catalog = await loadCatalog(configuration.catalog);
  const skills = await SkillRegistry.load(catalog, builtInAdapters);
  const dataSource = createDataSource({ url: configuration.databaseUrl!, applicationName: 'cairn-worker' });
  await untilItWorks('PostgreSQL', log, stop.signal, () => dataSource.initialize());
  await migrate(dataSource);
  const connection = await untilItWorks('Temporal', log, stop.signal, () => connectToTemporal(configuration));

  const engine: Engine = {
    dataSource,
    store: openFileStore(configuration.artifacts),
    skills,
    resources: new ResourceLibrary(fileURLToPath(resourceRoot)),
    log,
  };
  const workers = await createWorkers({ connection, configuration, engine, catalog, drainMs: DRAIN_MS });
  const running = Promise.all(workers.map(worker => worker.run()));
  stop.signal.addEventListener('abort', () => {
    for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
  });
  if (stop.signal.aborted) for (const worker of workers) worker.shutdown();
  log.info({ skills: skills.all.map(({ skill }) => skill.id) }, 'the worker is ready');
  process.send?.({ kind: 'ready' });
  await running;
  await connection.close();
  await dataSource.destroy();
}

try {
  const configuration = readConfiguration(process.env);
  for (const name of ['databaseUrl', 'temporalAddress'] as const)
    if (configuration[name] === undefined)
      throw new ConfigurationError(
        `${name === 'databaseUrl' ? 'DATABASE_URL' : 'TEMPORAL_ADDRESS'} is not set`,
      );
  await main(configuration);
  process.exit(0);
} catch (error) {
  // What a person can mend by the message alone needs no stack.
  const plain = error instanceof ConfigurationError || error instanceof CatalogError;
  const text = error instanceof Error && !plain ? error.stack : (error as Error).message;
  process.stderr.write(`cairn-worker: ${text}\n`);
  process.exit(1);
}
