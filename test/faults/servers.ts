import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { startPostgres, startTemporal, type KeptProcess } from '@cairn/local-stack';
import { startBucket, type BucketServer } from '../support/cluster/bucket.js';
import { prepareTemporalServer } from '../support/cluster/temporal-server.js';
import type { ScratchHome } from './scratch-home.js';

/** A server that can be killed and comes back with its data, on the same address. */
export interface Server {
  readonly address: string;
  /** Kills it; `back` when it serves again. @returns what exactly was killed, in words */
  kill(downMs: number, how?: 'whole' | 'child'): Promise<string>;
  /** Resolves when it serves. @throws Error when it does not come back */
  back(): Promise<void>;
  stop(): Promise<void>;
}

interface Started {
  readonly process: KeptProcess;
  readonly port: number;
}

/** On its own port, also when what it stands on is away meanwhile. */
const COMES_BACK_WITHIN_MS = 60_000;

class KillableServer implements Server {
  private coming?: Promise<void>;
  private stopping = false;

  constructor(
    private readonly name: string,
    readonly address: string,
    private readonly port: number,
    private current: KeptProcess,
    private readonly start: () => Promise<Started>,
    private readonly home: ScratchHome,
  ) {
    home.outlasts(current.pid);
  }

  async kill(downMs: number, how: 'whole' | 'child' = 'whole'): Promise<string> {
    const child = how === 'child' ? childrenOf(this.current.pid).at(-1) : undefined;
    if (child !== undefined) {
      process.kill(child, 'SIGKILL');
      return `a process of ${this.name}`;
    }
    process.kill(this.current.pid, 'SIGKILL');
    this.coming = this.comeBack(downMs);
    // Who waits for it sees the failure; until then it is nobody's.
    this.coming.catch(() => undefined);
    await this.current.ended;
    return this.name;
  }

  async back(): Promise<void> {
    await this.coming;
  }

  async stop(): Promise<void> {
    this.stopping = true;
    await this.coming?.catch(() => undefined);
    await this.current.stop();
  }

  private async comeBack(downMs: number): Promise<void> {
    await this.current.ended;
    await delay(downMs);
    const end = Date.now() + COMES_BACK_WITHIN_MS;
    while (!this.stopping && !(await this.hasStarted(end))) await delay(200);
    this.coming = undefined;
  }

  /** As a supervisor does: Temporal's server, for one, ends when it finds no database. */
  private async hasStarted(end: number): Promise<boolean> {
    const isLate = () => Date.now() > end;
    const started = await this.start().catch((error: unknown) => {
      if (isLate()) throw error;
      return undefined;
    });
    if (!started) return false;
    this.home.outlasts(started.process.pid);
    this.current = started.process;
    if (started.port === this.port) return true;
    await started.process.stop();
    if (isLate())
      throw new Error(`Somebody else has taken port ${this.port}, which ${this.name} must come back on`);
    return false;
  }
}

/** Newest last; empty where the system does not tell. */
function childrenOf(pid: number): readonly number[] {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
      .trim()
      .split(' ')
      .filter(Boolean)
      .map(Number);
  } catch {
    return [];
  }
}

/** PostgreSQL with fsync on. Its address is a database URL. */
export async function startKillablePostgres(home: ScratchHome, port: number): Promise<Server> {
  const start = () =>
    startPostgres({ home: home.folder, preferredPorts: [port], durable: true, log: () => undefined });
  const first = await start();
  return new KillableServer('PostgreSQL', first.databaseUrl, first.port, first.process, start, home);
}

/** The Temporal dev server with a database file. Its address is host:port. */
export async function startKillableTemporal(
  home: ScratchHome,
  port: number,
  uiPort: number,
): Promise<Server> {
  const start = () =>
    startTemporal({
      home: home.folder,
      preferredPorts: [port],
      preferredUiPorts: [uiPort],
      searchAttributes: { CairnTenant: 'Keyword', CairnRunId: 'Keyword', CairnTags: 'KeywordList' },
      log: () => undefined,
    });
  const first = await start();
  return new KillableServer('Temporal', first.address, first.port, first.process, start, home);
}

/** Temporal's full server, on a PostgreSQL. Its address is host:port. */
export async function startKillableTemporalServer(
  home: ScratchHome,
  databaseUrl: string,
  say: (line: string) => void,
): Promise<Server> {
  const start = await prepareTemporalServer({ folder: join(home.folder, 'logs'), databaseUrl, say });
  const first = await start();
  return new KillableServer('Temporal', first.address, first.port, first.process, start, home);
}

/** An S3 server with one bucket. Its address is a URL. */
export async function startKillableS3(
  home: ScratchHome,
  port: number,
): Promise<{ readonly server: Server; readonly bucket: BucketServer }> {
  const start = () => startBucket(join(home.folder, 's3'), port, () => undefined);
  const bucket = await start();
  const server = new KillableServer('S3', bucket.endpoint, bucket.port, bucket.process, start, home);
  return { server, bucket };
}
