import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { StackError, reasonOf } from './errors.js';
import { homeId, homePaths } from './home-folder.js';
import { startKept, tailOf, type KeptProcess } from './kept-process.js';
import { endLeftover } from './leftover.js';
import { freePort } from './ports.js';
import { findPostgresBinaries } from './postgres-binaries.js';
import { POSTGRES_USER, ensureCluster, postgresEnvironment, postgresPassword } from './postgres-cluster.js';
import { placePostgres, type PostgresPlace } from './postgres-place.js';

export interface PostgresOptions {
  /** CAIRN_HOME, an absolute path. */
  home: string;
  /** Ports of 127.0.0.1 to try first, in order. */
  preferredPorts?: readonly number[];
  /** False for tests only: faster, and a power cut may lose or break the data. */
  durable?: boolean;
  log: (line: string) => void;
  signal?: AbortSignal;
}

export interface RunningPostgres {
  databaseUrl: string;
  port: number;
  dataFolder: string;
  process: KeptProcess;
}

const DEFAULT_PORT = 15432;
/** SIGINT is PostgreSQL's fast shutdown, SIGQUIT its immediate one; both leave data a restart recovers. */
const END_WITH: [NodeJS.Signals, number][] = [
  ['SIGINT', 10_000],
  ['SIGQUIT', 5_000],
  ['SIGKILL', 2_000],
];
/** Recovery after a crash takes its time; a server that runs but does not answer for this long is stuck. */
const READY_WITHIN_MS = 120_000;

/**
 * Starts the PostgreSQL of one CAIRN_HOME, with its data as the last start left it, listening on 127.0.0.1 only, and
 * makes the database `cairn`. Ends one that an earlier start left behind. It ends with this process. Callers see to
 * it that one process at a time does this for one home (startLocalStack holds a lock).
 * @throws StackError POSTGRES_UNAVAILABLE or POSTGRES_FAILED
 */
export async function startPostgres(options: PostgresOptions): Promise<RunningPostgres> {
  const { home, durable = true } = options;
  const place = placePostgres(home, findPostgresBinaries(), options.log);
  const password = postgresPassword(homePaths(home).postgresPassword);
  const dataFolder = await ensureCluster(place, password, durable);
  // The server notes its process id in its data folder.
  const pidFile = join(dataFolder, 'postmaster.pid');
  await endLeftover({ name: 'PostgreSQL', pidFile, mark: markOf(home), endWith: END_WITH }, options.log);

  const taken = new Set<number>();
  const deadline = Date.now() + READY_WITHIN_MS;
  for (;;) {
    options.signal?.throwIfAborted();
    const port = await freePort(options.preferredPorts ?? [DEFAULT_PORT], taken);
    const process = await launch(place, dataFolder, port, home, durable);
    try {
      const url = (database: string) =>
        `postgresql://${POSTGRES_USER}:${password}@127.0.0.1:${port}/${database}`;
      await untilReady(process, url('postgres'), deadline, options.signal);
      await ensureDatabase(url('postgres'));
      return { databaseUrl: url(POSTGRES_USER), port, dataFolder, process };
    } catch (error) {
      const output = await process.output();
      await process.stop();
      if (Date.now() > deadline || !(await isWorthAnotherTry(output))) throw error;
      if (/could not bind|Address already in use/.test(output)) taken.add(port);
    }
  }
}

/** The port was taken in the meantime, or the last pieces of a killed server are still there. */
async function isWorthAnotherTry(output: string): Promise<boolean> {
  if (/could not bind|Address already in use/.test(output)) return true;
  if (!/shared memory block .* still in use|lock file "postmaster.pid" already exists/.test(output))
    return false;
  await delay(200);
  return true;
}

async function launch(
  place: PostgresPlace,
  data: string,
  port: number,
  home: string,
  durable: boolean,
): Promise<KeptProcess> {
  const settings = {
    listen_addresses: '127.0.0.1',
    // Socket paths have a length limit that a long CAIRN_HOME would break.
    unix_socket_directories: '',
    cluster_name: markOf(home),
    max_connections: '100',
    timezone: 'UTC',
    log_timezone: 'UTC',
    log_line_prefix: '%m [%p] ',
    // Commits still reach the kernel, so tests that kill a server find what was committed.
    ...(durable ? {} : { fsync: 'off', full_page_writes: 'off' }),
  };
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  try {
    return await startKept({
      command: place.binaries.postgres,
      args: ['-D', data, '-p', String(port), ...flags],
      cwd: '/',
      env: postgresEnvironment(),
      ...place.user,
      logFile: homePaths(home).postgresLog,
      endWith: END_WITH,
    });
  } catch (error) {
    throw new StackError('POSTGRES_FAILED', `PostgreSQL could not be run: ${reasonOf(error)}`);
  }
}

async function untilReady(
  process: KeptProcess,
  url: string,
  deadline: number,
  signal?: AbortSignal,
): Promise<void> {
  for (;;) {
    signal?.throwIfAborted();
    const why = await query(url, 'SELECT 1').then(() => undefined, reasonOf);
    if (process.hasEnded() || Date.now() > deadline) {
      const tail = await tailOf(process);
      const state = process.hasEnded()
        ? `ended as it started (${(await process.ended).how})`
        : `does not answer (${why})`;
      throw new StackError('POSTGRES_FAILED', `PostgreSQL ${state}: its log says why`, tail);
    }
    if (why === undefined) return;
    await delay(25);
  }
}

async function ensureDatabase(url: string): Promise<void> {
  const found = await query(url, `SELECT 1 FROM pg_database WHERE datname = '${POSTGRES_USER}'`);
  if (found === 0) await query(url, `CREATE DATABASE ${POSTGRES_USER}`);
}

async function query(url: string, sql: string): Promise<number> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return (await client.query(sql)).rows.length;
  } finally {
    await client.end().catch(() => undefined);
  }
}

function markOf(home: string): string {
  return `cairn-${homeId(home)}`;
}
