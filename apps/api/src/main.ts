import 'reflect-metadata';
import { ConfigurationError, readConfiguration, type Configuration } from '@cairn/configuration';
import { createLog, startTracing } from '@cairn/telemetry';
import { startApi, version } from './app/start-api.js';

type Complete = Configuration & { readonly databaseUrl: string };

function configure(): Complete {
  const configuration = readConfiguration(process.env);
  const { databaseUrl, temporalAddress } = configuration;
  if (databaseUrl === undefined)
    throw new ConfigurationError('DATABASE_URL is not set; e.g. postgres://cairn@127.0.0.1/cairn');
  if (temporalAddress === undefined)
    throw new ConfigurationError('TEMPORAL_ADDRESS is not set; e.g. 127.0.0.1:7233');
  return { ...configuration, databaseUrl };
}

async function main(): Promise<void> {
  const stopping = new AbortController();
  const stopped = new Promise<void>(resolve => stopping.signal.addEventListener('abort', () => resolve()));
  for (const name of ['SIGTERM', 'SIGINT'] as const)
    process.on(name, () => {
      // Asked twice: someone is in a hurry.
      if (stopping.signal.aborted) process.exit(1);
      stopping.abort();
    });
  // A child of the command line ends with it.
  process.once('disconnect', () => stopping.abort());

  const configuration = configure();
  const log = createLog('cairn-api', configuration.logLevel);
  const tracing =
    configuration.tracing &&
    (await startTracing({
      ...configuration.tracing,
      name: 'cairn-api',
      version: await version(),
      warn: reason => log.warn({ error: reason }, 'traces cannot be sent'),
    }));
  const api = await startApi(configuration, log, stopping.signal).catch((error: unknown) => {
    if (stopping.signal.aborted) return undefined;
    throw error;
  });
  if (!api) return;
  log.info({ url: api.url }, 'the API listens');
  process.send?.({ kind: 'ready', url: api.url });
  await stopped;
  await api.close();
  await tracing?.close();
  log.info('the API has stopped');
}

/** One line that says what to do. */
function reason(error: unknown): string {
  const { code, message, address, port } = error as NodeJS.ErrnoException & {
    address?: string;
    port?: number;
  };
  if (code === 'EADDRINUSE')
    return `${address}:${port} is taken; set CAIRN_PORT to another port, or 0 for any`;
  if (code === 'EADDRNOTAVAIL') return `${address} is no address of this machine; set CAIRN_HOST`;
  return message || String(error);
}

try {
  await main();
  process.exit(0);
} catch (error) {
  process.stderr.write(`cairn-api: ${reason(error)}\n`);
  process.exit(1);
}
