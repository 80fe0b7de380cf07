import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createCairnClient, type CairnClient } from '@cairn/client';
import { createDataSource, type DataSource } from '@cairn/dao';
import { startPostgres, type KeptProcess } from '@cairn/local-stack';
import { REPOSITORY } from '../campaign.js';
import { Program } from '../cairn.js';
import type { StoredElsewhere } from '../records.js';
import { startBucket } from './bucket.js';
import { prepareTemporalServer } from './temporal-server.js';
import { quietPorts } from './quiet-ports.js';

/** Where the servers of a cluster are. */
export interface ClusterServers {
  readonly databaseUrl: string;
  /** host:port. */
  readonly temporalAddress: string;
  /** A URL. */
  readonly s3Endpoint: string;
}

type Environment = Readonly<Record<string, string>>;

export interface ClusterSettings {
  readonly apis?: number;
  readonly workers?: number;
  /** False for tests only: PostgreSQL without fsync. */
  readonly durable?: boolean;
  /** The environment of the programs, added to what says where the servers are. */
  readonly env?: Environment;
  /** As {@link env}, of one kind of program alone. */
  readonly envOf?: (kind: 'api' | 'worker', servers: ClusterServers) => Environment;
  /** What to send with each request, where keys are needed: made when the APIs are there. */
  readonly makeApiKey?: (url: string) => Promise<string>;
  /** Told what there is to wait for. */
  readonly say?: (line: string) => void;
}

/** A whole installation as separate processes, each of which can be killed and started again. */
export interface Cluster extends ClusterServers {
  readonly home: string;
  /** The environment that all programs have. */
  readonly env: Environment;
  readonly apis: readonly Program[];
  readonly workers: readonly Program[];
  /** Of each API. */
  readonly urls: readonly string[];
  readonly clients: readonly CairnClient[];
  readonly dataSource: DataSource;
  readonly stored: StoredElsewhere;
  /** The processes of the servers, by name. */
  readonly servers: Readonly<Record<string, KeptProcess>>;
  /** What the skills of test/fixtures appended to the file of executions, line by line. */
  executions(): readonly string[];
  /** Lets a waiting toy go on. */
  release(text: string): void;
  stop(): Promise<void>;
}

/** All of them start at once. */
const READY_WITHIN_MS = 180_000;

/**
 * Starts PostgreSQL, Temporal's full server on it, an S3 server, APIs and workers: each ready when it resolves. Everything is
 * below one new folder, which `stop` removes, and listens on 127.0.0.1 only.
 */
export async function startCluster(settings: ClusterSettings = {}): Promise<Cluster> {
  const { apis: apiCount = 2, workers: workerCount = 2, durable = true, say = () => undefined } = settings;
  const home = await mkdtemp(join(tmpdir(), 'cairn-cluster-'));
  // As root, PostgreSQL runs as another user.
  await chmod(home, 0o755);
  const ends: (() => Promise<unknown>)[] = [() => rm(home, { recursive: true, force: true })];
  const stop = async () => {
    for (const end of ends.splice(0).reverse()) await end();
  };
  try {
    const [postgresPort, s3Port, ...apiPorts] = await quietPorts(2 + apiCount);
    say('starting PostgreSQL');
    const postgres = await startPostgres({ home, durable, preferredPorts: [postgresPort!], log: say });
    ends.push(() => postgres.process.stop());
    const { databaseUrl } = postgres;
    say("starting Temporal's server");
    const startTemporal = await prepareTemporalServer({ folder: join(home, 'temporal'), databaseUrl, say });
    const temporal = await startTemporal();
    ends.push(() => temporal.process.stop());

    const s3 = await startBucket(join(home, 's3'), s3Port!, say);
    ends.push(() => s3.process.stop());

    say('starting the programs');
    const marks = join(home, 'marks');
    mkdirSync(marks);
    const given = { databaseUrl, temporalAddress: temporal.address, s3Endpoint: s3.endpoint };
    const env = {
      CAIRN_LOG_LEVEL: 'info',
      CAIRN_TEST_MARKS: marks,
      CAIRN_TEST_EXECUTIONS: join(marks, 'executions'),
      DATABASE_URL: given.databaseUrl,
      TEMPORAL_ADDRESS: given.temporalAddress,
      ...s3.env,
      ...settings.env,
    };
    const program = (kind: 'api' | 'worker', index: number, more: Environment = {}) => {
      const name = `${kind}-${index + 1}`;
      const set: Environment = { ...env, ...settings.envOf?.(kind, given) };
      const all = {
        ...set,
        // They share nothing on disk, as on machines of their own, but the ports.
        CAIRN_HOME: join(home, name),
        ...(set['CAIRN_METRICS'] && { CAIRN_METRICS: '127.0.0.1:0' }),
        ...more,
      };
      return new Program(kind, REPOSITORY, all, join(home, `${name}.log`));
    };
    const apis = apiPorts.map((port, index) =>
      program('api', index, { CAIRN_HOST: '127.0.0.1', CAIRN_PORT: String(port) }),
    );
    const workers = Array.from({ length: workerCount }, (_, index) => program('worker', index));
    const programs = [...apis, ...workers];
    ends.push(() => Promise.all(programs.map(each => each.end('SIGTERM'))));
    await Promise.all(programs.map(each => each.start({}, READY_WITHIN_MS)));
    const dataSource = await createDataSource({ url: databaseUrl, poolSize: 3 }).initialize();
    ends.push(() => dataSource.destroy());
    const urls = apiPorts.map(port => `http://127.0.0.1:${port}`);
    const apiKey = await settings.makeApiKey?.(urls[0]!);
    const executionsFile = env.CAIRN_TEST_EXECUTIONS;
    return {
      home,
      env,
      ...given,
      apis,
      workers,
      urls,
      clients: urls.map(baseUrl => createCairnClient({ baseUrl, ...(apiKey !== undefined && { apiKey }) })),
      dataSource,
      stored: s3.stored,
      servers: { postgres: postgres.process, temporal: temporal.process, s3: s3.process },
      executions: () =>
        existsSync(executionsFile) ? readFileSync(executionsFile, 'utf8').split('\n').filter(Boolean) : [],
      release: text => writeFileSync(join(marks, `${text}.go`), ''),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
