import { homePaths } from './home-folder.js';
import type { KeptProcess } from './kept-process.js';
import type { LocalStack, LocalStackOptions } from './local-stack.js';
import type { OwnerLock } from './owner-lock.js';
import { startPostgres } from './postgres.js';
import {
  readMemory,
  writeMemory,
  type RunningStack,
  type StackMemory,
  type StackPart,
} from './stack-memory.js';
import { startTemporal } from './temporal.js';

/**
 * Starts what the options do not bring, both parts at once, for the holder of the home's lock.
 * @throws StackError of the part that failed first; nothing is left running then
 */
export async function startOwnStack(options: LocalStackOptions, lock: OwnerLock): Promise<LocalStack> {
  const stack = new OwnStack(options, lock);
  try {
    await stack.start();
    return stack;
  } catch (error) {
    await stack.stop();
    throw error;
  }
}

class OwnStack implements LocalStack {
  readonly shared = false;
  private readonly processes = new Map<StackPart, KeptProcess>();
  private readonly callbacks: ((part: StackPart, detail: string) => void)[] = [];
  private readonly crashes: [StackPart, string][] = [];
  private readonly ports: StackMemory['ports'] = {};
  private readonly running: RunningStack = { ownerPid: process.pid };
  /** Ends the part that is still starting when the other has failed, or `stop` is called. */
  private readonly abort = new AbortController();
  private stopping?: Promise<void>;

  constructor(
    private readonly options: LocalStackOptions,
    private readonly lock: OwnerLock,
  ) {}

  get databaseUrl(): string {
    return this.options.databaseUrl ?? this.running.databaseUrl ?? '';
  }
  get temporalAddress(): string {
    return this.options.temporalAddress ?? this.running.temporalAddress ?? '';
  }
  get temporalNamespace(): string {
    return this.options.temporalNamespace ?? 'default';
  }
  get temporalUiUrl(): string | undefined {
    return this.running.temporalUiUrl;
  }
  get postgres() {
    return this.partInfo('postgres', this.options.databaseUrl);
  }
  get temporal() {
    return this.partInfo('temporal', this.options.temporalAddress);
  }

  async start(): Promise<void> {
    const parts: StackPart[] = [];
    if (this.options.databaseUrl === undefined) parts.push('postgres');
    if (this.options.temporalAddress === undefined) parts.push('temporal');
    let first: unknown;
    const starts = parts.map(async part => {
      try {
        await this.startPart(part);
      } catch (error) {
        first ??= error;
        this.abort.abort();
      }
    });
    await Promise.all(starts);
    if (first !== undefined) throw first;
    this.remember();
  }

  async restart(part: StackPart): Promise<void> {
    await this.processes.get(part)?.stop();
    await this.startPart(part);
    this.remember();
  }

  onCrash(callback: (part: StackPart, detail: string) => void): void {
    this.callbacks.push(callback);
    for (const crash of this.crashes) callback(...crash);
  }

  stop(): Promise<void> {
    this.stopping ??= this.stopAll();
    return this.stopping;
  }

  private async stopAll(): Promise<void> {
    this.abort.abort();
    await Promise.all([...this.processes.values()].map(child => child.stop()));
    const file = homePaths(this.options.home).memory;
    writeMemory(file, { ports: readMemory(file).ports });
    this.lock.release();
  }

  private async startPart(part: StackPart): Promise<void> {
    const child = part === 'postgres' ? await this.startPostgres() : await this.startTemporal();
    this.processes.set(part, child);
    if (this.stopping) await child.stop();
    void child.ended.then(({ how, asked }) => {
      if (!asked) this.report(part, `${how}; its log is ${this.logOf(part)}`);
    });
  }

  private async startPostgres(): Promise<KeptProcess> {
    const { home, durable, log } = this.options;
    const preferredPorts = preferred(readMemory(homePaths(home).memory).ports.postgres);
    const started = await startPostgres({ home, durable, log, preferredPorts, signal: this.signal() });
    this.running.databaseUrl = started.databaseUrl;
    this.running.postgresPid = started.process.pid;
    this.ports.postgres = started.port;
    return started.process;
  }

  private async startTemporal(): Promise<KeptProcess> {
    const { home, log, searchAttributes, temporalDynamicConfig } = this.options;
    const { ports } = readMemory(homePaths(home).memory);
    const started = await startTemporal({
      home,
      namespace: this.temporalNamespace,
      searchAttributes,
      dynamicConfig: temporalDynamicConfig,
      preferredPorts: preferred(ports.temporal),
      preferredUiPorts: preferred(ports.temporalUi),
      log,
      signal: this.signal(),
    });
    this.running.temporalAddress = started.address;
    this.running.temporalNamespace = started.namespace;
    this.running.temporalUiUrl = started.uiUrl;
    this.running.temporalPid = started.process.pid;
    this.ports.temporal = started.port;
    this.ports.temporalUi = started.uiPort;
    return started.process;
  }

  private remember(): void {
    const file = homePaths(this.options.home).memory;
    const before = readMemory(file).ports;
    writeMemory(file, { ports: { ...before, ...this.ports }, running: this.running });
  }

  private report(part: StackPart, detail: string): void {
    this.crashes.push([part, detail]);
    for (const callback of this.callbacks) callback(part, detail);
  }

  private partInfo(part: StackPart, given: string | undefined) {
    if (given !== undefined) return { runBy: 'someone else' as const };
    return { runBy: 'this process' as const, pid: this.processes.get(part)?.pid };
  }

  private logOf(part: StackPart): string {
    const paths = homePaths(this.options.home);
    return part === 'postgres' ? paths.postgresLog : paths.temporalLog;
  }

  private signal(): AbortSignal {
    const { signal } = this.options;
    return signal ? AbortSignal.any([signal, this.abort.signal]) : this.abort.signal;
  }
}

function preferred(port: number | undefined): number[] | undefined {
  return port === undefined ? undefined : [port];
}
