import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { once } from 'node:events';
import { waitUntil } from '../support/wait-until.js';

/** A process that was killed, by its id and the time (ms since 1970). */
export interface Kill {
  readonly pid: number;
  readonly at: number;
}

export interface SupervisedProgram {
  readonly name: string;
  /** The command line. */
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly logFile: string;
  /** Told the id of each process that is started. */
  readonly onStart: (pid: number) => void;
}

/** As an operator's supervisor waits before it starts a program again that ended by itself. Milliseconds. */
const SELF_EXIT_PAUSE_MS = 1_000;
const STOP_WITHIN_MS = 20_000;

/** A program that is started again whenever it has ended, by itself or by a kill. Its last word is `ready`. */
export class Supervised {
  private child?: ChildProcess;
  private timer?: NodeJS.Timeout;
  private stopping = false;
  private isReady = false;
  readonly kills: Kill[] = [];
  /** How it ended when nobody asked it to. */
  readonly selfExits: string[] = [];

  constructor(private readonly program: SupervisedProgram) {}

  get name(): string {
    return this.program.name;
  }

  get logFile(): string {
    return this.program.logFile;
  }

  /** Whether it has said that it is ready, and runs. */
  get ready(): boolean {
    return this.isReady && this.isRunning;
  }

  get isRunning(): boolean {
    return this.child?.pid !== undefined && this.child.exitCode === null && this.child.signalCode === null;
  }

  start(): void {
    const { command, env, logFile, onStart } = this.program;
    const log = openSync(logFile, 'a');
    const [file = '', ...args] = command;
    // The channel is how the program notices that this process is gone, and ends too.
    const child = spawn(file, args, {
      cwd: '/',
      env: { ...process.env, NODE_OPTIONS: '', ...env },
      stdio: ['ignore', log, log, 'ipc'],
    });
    closeSync(log);
    this.child = child;
    this.isReady = false;
    if (child.pid !== undefined) onStart(child.pid);
    child.on('message', message => {
      if ((message as { kind?: unknown } | null)?.kind === 'ready' && child === this.child)
        this.isReady = true;
    });
    child.once('error', error => this.selfExits.push(error.message));
    child.once('exit', (code, signal) => {
      if (this.stopping || this.kills.at(-1)?.pid === child.pid) return;
      this.selfExits.push(signal ?? `exit code ${code}`);
      this.startIn(SELF_EXIT_PAUSE_MS);
    });
  }

  /** Kills it, and lets it be started again after a while. Does nothing while it does not run. */
  async kill(downMs: number): Promise<void> {
    const { child } = this;
    if (!child?.pid || !this.isRunning) return;
    this.kills.push({ pid: child.pid, at: Date.now() });
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    await exited;
    this.startIn(downMs);
  }

  /** Waits until it is ready, were it that it has to be started first. @throws Error after `deadlineMs`, or when it is stopped. */
  async untilReady(deadlineMs: number): Promise<void> {
    const ready = () => {
      if (this.stopping) throw new Error(`${this.name} was stopped before it was ready`);
      return this.ready;
    };
    await waitUntil(`${this.name} is ready (${this.program.logFile})`, ready, deadlineMs);
  }

  /** Ends it as an operator would. @returns its exit code; null where it had to be killed. */
  async stop(): Promise<number | null> {
    this.stopping = true;
    clearTimeout(this.timer);
    const { child } = this;
    if (!child || !this.isRunning) return child?.exitCode ?? null;
    const exited = once(child, 'exit');
    child.kill('SIGTERM');
    const force = setTimeout(() => child.kill('SIGKILL'), STOP_WITHIN_MS);
    await exited;
    clearTimeout(force);
    return child.exitCode;
  }

  private startIn(ms: number): void {
    this.timer = setTimeout(() => {
      if (!this.stopping) this.start();
    }, ms);
  }
}
