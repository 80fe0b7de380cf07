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
import { poolsOf } from './pools.js';
import { runUntil } from './run-until.js';
import { stopSignal } from './stop-signal.js';
import { connectToTemporal } from './temporal-connection.js';
import { logTemporalTo } from './temporal-log.js';
import { createWorkers } from './workers.js';

async function main(configuration: Configuration, stop: AbortSignal): Promise<void> {
  const log = pino({ name: 'cairn-worker', level: configuration.logLevel });
  logTemporalTo(log);
  // Started by a parent that has died, and its servers with it: there is nothing left to finish on.
  process.once('disconnect', () => process.exit(1));

  const catalog = await loadCatalog(configuration.catalog);
  const pools = poolsOf(catalog, configuration);
  const skills = await SkillRegistry.load(catalog, builtInAdapters);
  const dataSource = createDataSource({ url: configuration.databaseUrl!, applicationName: 'cairn-worker' });
  await untilItWorks('PostgreSQL', log, stop, () => dataSource.initialize());
  await migrate(dataSource);
  const connection = await untilItWorks('Temporal', log, stop, () => connectToTemporal(configuration));

  const engine: Engine = {
    dataSource,
    store: openFileStore(configuration.artifacts),
    skills,
    resources: new ResourceLibrary(fileURLToPath(resourceRoot)),
    log,
  };
  const workers = await createWorkers({ connection, configuration, engine, pools });
  const running = runUntil(stop, workers, log, configuration.drainMs);
  const queues = pools.map(({ queue, slots }) => `${queue}=${slots}`);
  log.info({ skills: skills.all.map(({ skill }) => skill.id), queues }, 'the worker is ready');
  process.send?.({ kind: 'ready' });
  await running;
  await connection.close();
  await dataSource.destroy();
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
  const plain = error instanceof ConfigurationError || error instanceof CatalogError;
  const text = error instanceof Error && !plain ? error.stack : (error as Error).message;
  process.stderr.write(`cairn-worker: ${text}\n`);
  process.exit(1);
}
