import { fork, type ChildProcess } from 'node:child_process';
import { closeSync } from 'node:fs';
import { logSize, logTail, openLog } from './log-file.js';

export interface ChildSpec {
  /** For people, e.g. `API`. */
  readonly name: string;
  /** The built program. */
  readonly file: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly logFile: string;
}

/** How a child ended, e.g. `exit code 1` or `SIGKILL`. */
export interface ChildEnd {
  readonly how: string;
  /** Whether `stop` was called before. */
  readonly asked: boolean;
}

/** A worker lets running steps go on for at most ten seconds, and those that it breaks off get five to end. */
const END_WITHIN_MS = 16_000;

/**
 * One of Cairn's programs as a child process. It tells when it is ready, and ends when this process does, because its
 * channel to it closes then.
 */
export class ChildProgram {
  /** Resolves with the address the program tells, if any; rejects when it ends before it is ready. */
  readonly ready: Promise<{ url?: string }>;
  readonly ended: Promise<ChildEnd>;
  private readonly child: ChildProcess;
  private readonly logFrom: number;
  private asked = false;

  constructor(private readonly spec: ChildSpec) {
    this.logFrom = logSize(spec.logFile);
    const log = openLog(spec.logFile);
    // A group of its own: a Ctrl-C in the terminal is for the parent, which ends its children in order.
    this.child = fork(spec.file, [], {
      env: { ...spec.env },
      execArgv: [],
      detached: true,
      stdio: ['ignore', log, log, 'ipc'],
    });
    closeSync(log);
    this.ended = new Promise(resolve => {
      this.child.once('exit', (code, signal) =>
        resolve({ how: signal ?? `exit code ${code}`, asked: this.asked }),
      );
      this.child.once('error', error => resolve({ how: error.message, asked: this.asked }));
    });
    this.ready = this.untilReady();
    this.ready.catch(() => undefined);
  }

  get pid(): number | undefined {
    return this.child.pid;
  }

  /** The last lines this child wrote. */
  tail(count = 5): string[] {
    return logTail(this.spec.logFile, this.logFrom, count);
  }

  /** Asks the program to end, and ends it when it does not within 16 s. */
  async stop(): Promise<void> {
    this.asked = true;
    this.child.kill('SIGTERM');
    const timer = setTimeout(() => this.child.kill('SIGKILL'), END_WITHIN_MS);
    await this.ended;
    clearTimeout(timer);
  }

  /** Ends the program at once. */
  kill(): void {
    this.asked = true;
    this.child.kill('SIGKILL');
  }

  private untilReady(): Promise<{ url?: string }> {
    return new Promise((resolve, reject) => {
      this.child.on('message', (message: unknown) => {
        const told = message as { kind?: unknown; url?: unknown } | null;
        if (told?.kind === 'ready') resolve(typeof told.url === 'string' ? { url: told.url } : {});
      });
      void this.ended.then(({ how }) => reject(new Error(how)));
    });
  }
}
