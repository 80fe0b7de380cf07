import { fork, type ChildProcess } from 'node:child_process';
import { createWriteStream, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createCairnClient, type CairnClient } from '@cairn/client';
import { createDataSource, type DataSource } from '@cairn/dao';
import { createTestDatabase, type TestDatabase } from '@cairn/dao/testing';
import { checkEvents } from './check-events.js';
import { waitUntil } from './wait-until.js';

const REPOSITORY = fileURLToPath(new URL('../../../', import.meta.url));
/** Catalog files by name; `shipped` is what the programs load when they are told nothing. */
const CATALOGS = {
  toy: { CAIRN_CATALOG: join(REPOSITORY, 'test/fixtures/catalog.json') },
  uploads: { CAIRN_CATALOG: join(REPOSITORY, 'test/fixtures/uploads-catalog.json') },
  policy: { CAIRN_CATALOG: join(REPOSITORY, 'test/fixtures/policy-catalog.json') },
  map: { CAIRN_CATALOG: join(REPOSITORY, 'test/fixtures/map-catalog.json') },
  'second-tries': { CAIRN_CATALOG: join(REPOSITORY, 'test/fixtures/second-tries-catalog.json') },
  cli: { CAIRN_CATALOG: join(REPOSITORY, 'test/fixtures/cli-catalog.json') },
  bench: { CAIRN_CATALOG: join(REPOSITORY, 'test/fixtures/bench-catalog.json') },
  plan: { CAIRN_CATALOG: join(REPOSITORY, 'test/fixtures/plan-catalog.json') },
  shapes: { CAIRN_CATALOG: join(REPOSITORY, 'test/fixtures/shape-catalog.json') },
  shipped: {},
};

export interface CairnSettings {
  /** `toy` unless told; `shipped` is the campaign's, `bench` has both, `policy` is about queues and workers. */
  readonly catalog?: keyof typeof CATALOGS;
  /** The repository whose programs run. */
  readonly repository?: string;
  /** Added to the programs' environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** Added to the worker's alone; may depend on what the instance was given. */
  readonly workerEnv?: (env: Readonly<Record<string, string>>) => Promise<Readonly<Record<string, string>>>;
  /** A database that has something; dropped by `stop`. A new one unless told. */
  readonly database?: TestDatabase;
  /** Added to the API's alone. */
  readonly apiEnv?: Readonly<Record<string, string>>;
}

/** A real API and a real worker, as processes of their own, with a database, a folder and a task queue of their own. */
export interface Cairn {
  readonly home: string;
  /** Of the API. */
  readonly url: string;
  readonly client: CairnClient;
  readonly dataSource: DataSource;
  readonly databaseUrl: string;
  readonly taskQueue: string;
  /** What the skills appended to the file of executions, line by line. */
  executions(): readonly string[];
  /** Lets a waiting toy go on. */
  release(text: string): void;
  readonly api: Program;
  readonly worker: Program;
  /** Starts one more worker, with this added to what the first one got; ready when it returns, ended by `stop`. */
  startWorker(settings?: { readonly env?: Readonly<Record<string, string>> }): Promise<Program>;
  stop(): Promise<void>;
}

/** A program that can be killed and started again. */
export class Program {
  private child?: ChildProcess;

  constructor(
    private readonly name: 'api' | 'worker',
    private readonly repository: string,
    private readonly env: Readonly<Record<string, string>>,
    private readonly logFile: string,
  ) {}

  get running(): boolean {
    return this.child !== undefined && this.child.exitCode === null && this.child.signalCode === null;
  }

  /** @param withinMs how long it may take. @returns what the program says when it is ready. */
  async start(env: Readonly<Record<string, string>> = {}, withinMs = 60_000): Promise<{ url?: string }> {
    const child = fork(join(this.repository, 'apps', this.name, 'dist/main.js'), [], {
      env: { ...process.env, NODE_OPTIONS: '', ...this.env, ...env },
      // Those of the test runner are not the program's.
      execArgv: [],
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    this.child = child;
    const log = createWriteStream(this.logFile, { flags: 'a' });
    child.stdout!.pipe(log);
    child.stderr!.pipe(log);
    let ready: { kind?: string; url?: string } | undefined;
    child.on('message', message => (ready = message as typeof ready));
    return waitUntil(
      `${this.name} is ready (${this.logFile})`,
      () => {
        if (!this.running)
          throw new Error(`${this.name} ended: ${readFileSync(this.logFile, 'utf8').slice(-2000)}`);
        return ready?.kind === 'ready' && { url: ready.url };
      },
      withinMs,
    );
  }

  /** Of the operating system; undefined before the first start. */
  get pid(): number | undefined {
    return this.child?.pid;
  }

  /** All that the program has written so far. */
  get log(): string {
    return readFileSync(this.logFile, 'utf8');
  }

  /** Sends a signal and does not wait. */
  signal(signal: NodeJS.Signals): void {
    if (this.running) this.child!.kill(signal);
  }

  /** Sends a signal and waits for the end. @returns the exit code; null where a signal ended it. */
  async end(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    const child = this.child;
    if (!child || !this.running) return child?.exitCode ?? null;
    child.kill(signal);
    await waitUntil(`${this.name} has ended`, () => !this.running, 30_000);
    return child.exitCode;
  }
}

/** The Temporal server of this test run. @throws Error where `npm test` has started none. */
export function temporalAddress(): string {
  const given = process.env['CAIRN_TEST_TEMPORAL_ADDRESS'];
  if (given) return given;
  throw new Error(
    'CAIRN_TEST_TEMPORAL_ADDRESS is not set: run the tests with `npm test`, which starts Temporal',
  );
}

let instances = 0;

/** Starts an API and a worker; both are ready when it returns. */
export async function startCairn(settings: CairnSettings = {}): Promise<Cairn> {
  const home = await mkdtemp(join(tmpdir(), 'cairn-e2e-'));
  const database = settings.database ?? (await createTestDatabase());
  const taskQueue = `test-${process.pid}-${(instances += 1)}`;
  const marks = join(home, 'marks');
  mkdirSync(marks);
  const env = {
    CAIRN_HOME: home,
    CAIRN_PORT: '0',
    CAIRN_TASK_QUEUE: taskQueue,
    CAIRN_LOG_LEVEL: 'info',
    CAIRN_TEST_MARKS: marks,
    CAIRN_TEST_EXECUTIONS: join(marks, 'executions'),
    DATABASE_URL: database.url,
    TEMPORAL_ADDRESS: temporalAddress(),
    ...CATALOGS[settings.catalog ?? 'toy'],
    ...settings.env,
  };
  const apiEnv = { ...env, ...settings.apiEnv };
  const workerEnv = { ...env, ...(await settings.workerEnv?.(env)) };
  const repository = settings.repository ?? REPOSITORY;
  const api = new Program('api', repository, apiEnv, join(home, 'api.log'));
  const worker = new Program('worker', repository, workerEnv, join(home, 'worker.log'));
  const others: Program[] = [];
  const startWorker: Cairn['startWorker'] = async ({ env: more = {} } = {}) => {
    const log = join(home, `worker-${others.length + 2}.log`);
    const program = new Program('worker', repository, { ...workerEnv, ...more }, log);
    others.push(program);
    await program.start();
    return program;
  };
  const endAll = () => Promise.all([api, worker, ...others].map(program => program.end('SIGTERM')));
  const [{ url }] = await Promise.all([api.start(), worker.start()]).catch(async (error: unknown) => {
    // A program that is left behind would keep the test runner from ending.
    await endAll();
    throw error;
  });
  // The same port again when it is started again, so that the client stays right.
  Object.assign(apiEnv, { CAIRN_PORT: new URL(url!).port });
  // That of the programs: a test may bring another.
  const dataSource = await createDataSource({ url: env.DATABASE_URL, poolSize: 3 }).initialize();
  const executionsFile = join(marks, 'executions');
  return {
    home,
    url: url!,
    client: createCairnClient({ baseUrl: url! }),
    dataSource,
    databaseUrl: database.url,
    taskQueue,
    api,
    worker,
    startWorker,
    executions: () =>
      existsSync(executionsFile) ? readFileSync(executionsFile, 'utf8').split('\n').filter(Boolean) : [],
    release: text => writeFileSync(join(marks, `${text}.go`), ''),
    stop: async () => {
      await endAll();
      try {
        if (dataSource.isInitialized) await checkEvents(dataSource);
      } finally {
        if (dataSource.isInitialized) await dataSource.destroy();
        await database.drop();
      }
      await rm(home, { recursive: true, force: true });
    },
  };
}
