import { join } from 'node:path';
import { artifactVariables, type Configuration } from '@cairn/configuration';
import type { LocalStack } from '@cairn/local-stack';
import { CliError } from '../errors.js';
import { programFile } from '../places.js';
import { removeApiRecord, writeApiRecord, type ApiRecord } from './api-record.js';
import { isPortFree, nextFreePort } from './ports.js';
import { SupervisedProgram, type Supervision } from './supervised-program.js';

type Environment = Readonly<Record<string, string | undefined>>;

const DEFAULT_PORT = 3000;
/** With the five seconds in which broken-off steps end it is less than what `ChildProgram.stop` waits. */
const LONGEST_DRAIN_MS = 10_000;

/** The API and one worker of this start, on its stack. */
export class Programs {
  private readonly api: SupervisedProgram;
  private readonly worker: SupervisedProgram;
  private port: number;
  private url_ = '';
  private plays?: ApiRecord['plays'];

  constructor(
    private readonly configuration: Configuration,
    private readonly stack: LocalStack,
    private readonly env: Environment,
    private readonly supervision: Supervision,
  ) {
    this.port = configuration.port;
    const log = (name: string) => join(configuration.home, 'logs', `${name}.log`);
    const spec = (name: string, app: 'api' | 'worker') =>
      ({ name, file: programFile(app), env: this.childEnv(app), logFile: log(app) }) as const;
    this.api = new SupervisedProgram(spec('API', 'api'), supervision);
    this.worker = new SupervisedProgram(spec('worker', 'worker'), supervision);
  }

  /** Where the API answers; empty before it is ready. */
  get url(): string {
    return this.url_;
  }

  /**
   * Starts the API, which also brings the database up to date, on its port or the next free ones.
   * @throws CliError when it does not start, or the port that was asked for is taken
   */
  async startApi(): Promise<string> {
    const { host } = this.configuration;
    const chosen = Boolean(this.env.CAIRN_PORT?.trim());
    if (chosen && this.port !== 0 && !(await isPortFree(host, this.port)))
      throw new CliError(
        `Port ${this.port} of ${host}, which CAIRN_PORT asks for, is taken: set another one, or 0 for any`,
      );
    for (let attempt = 1; ; attempt++) {
      if (!chosen) this.port = await nextFreePort(host, DEFAULT_PORT);
      this.api.use(this.childEnv('api'));
      try {
        const { url } = await this.api.start();
        this.url_ = url ?? `http://${host}:${this.port}`;
        break;
      } catch (error) {
        // Someone else was quicker to take the port.
        if (chosen || attempt === 5 || this.port === 0 || (await isPortFree(host, this.port))) throw error;
      }
    }
    this.port = Number(new URL(this.url_).port || 80);
    if (!chosen && this.port !== DEFAULT_PORT)
      this.supervision.say(`Port ${DEFAULT_PORT} is taken; the API listens on ${this.port}`);
    this.api.use(this.childEnv('api'));
    this.record();
    return this.url_;
  }

  async startWorker(): Promise<void> {
    await this.worker.start();
  }

  /** Makes the page where campaigns are played known to other starts. */
  announce(plays: ApiRecord['plays']): void {
    this.plays = plays;
    this.record();
  }

  /** After a server of the stack came back at another address: has both programs use it. */
  async followStack(): Promise<void> {
    this.api.use(this.childEnv('api'));
    this.worker.use(this.childEnv('worker'));
    await Promise.all([this.api.restart(), this.worker.restart()]);
  }

  /** Ends both; what runs in the worker is taken up again at the next start. */
  async stop(): Promise<void> {
    removeApiRecord(this.configuration.home);
    await Promise.all([this.api.stop(), this.worker.stop()]);
  }

  kill(): void {
    this.api.kill();
    this.worker.kill();
  }

  private record(): void {
    const { home, catalog } = this.configuration;
    const { url_: url, plays } = this;
    writeApiRecord(home, { ownerPid: process.pid, pid: this.api.pid, url, catalog, plays });
  }

  private childEnv(app: 'api' | 'worker'): Environment {
    const { home, host, artifacts, catalog, drainMs, metrics } = this.configuration;
    return {
      ...this.env,
      DATABASE_URL: this.stack.databaseUrl,
      TEMPORAL_ADDRESS: this.stack.temporalAddress,
      TEMPORAL_NAMESPACE: this.stack.temporalNamespace,
      CAIRN_HOME: home,
      CAIRN_HOST: host,
      CAIRN_PORT: String(this.port),
      ...artifactVariables(artifacts),
      CAIRN_DRAIN: `${Math.min(drainMs, LONGEST_DRAIN_MS)}ms`,
      ...(catalog !== undefined && { CAIRN_CATALOG: catalog }),
      // Both are on this machine: the worker's port is the next one.
      ...(metrics && app === 'worker' && { CAIRN_METRICS: nextTo(metrics) }),
    };
  }
}

function nextTo({ host, port }: NonNullable<Configuration['metrics']>): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port === 0 ? 0 : port + 1}`;
}
