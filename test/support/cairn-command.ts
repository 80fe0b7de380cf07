import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { REPOSITORY } from './campaign.js';

/** How a command came out. */
export interface Said {
  /** The exit code, or the signal that ended it. */
  readonly exit: number | string | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The `cairn` command, as processes of its own that ask one API. */
export class CairnCommand {
  constructor(private readonly env: Readonly<Record<string, string>>) {}

  /** Runs it to its end. */
  run(...args: string[]): Promise<Said> {
    return this.start(args).said;
  }

  /** Runs it to its end, with something on standard input. */
  feed(stdin: string, ...args: string[]): Promise<Said> {
    const { process, said } = this.start(args);
    process.stdin?.end(stdin);
    return said;
  }

  /** Runs it with `--json`. @returns the exit code, and the one document that it wrote */
  async json<T>(...args: string[]): Promise<{ exit: Said['exit']; document: T }> {
    const { exit, stdout } = await this.run(...args, '--json');
    return { exit, document: JSON.parse(stdout) as T };
  }

  /** Begins it. */
  start(args: readonly string[]): { process: ChildProcess; said: Promise<Said>; heard: () => string } {
    const foreign = /^(CAIRN|TEMPORAL|DATABASE|npm)_|^(INIT_CWD|NODE_OPTIONS|FORCE_COLOR)$/;
    const inherited = Object.entries(process.env).filter(([name]) => !foreign.test(name));
    const child = spawn(process.execPath, [join(REPOSITORY, 'apps/cli/bin/cairn.mjs'), ...args], {
      env: { ...Object.fromEntries(inherited), ...this.env },
    });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (part: string) => (stdout += part));
    child.stderr.setEncoding('utf8').on('data', (part: string) => (stderr += part));
    const said = new Promise<Said>(resolve =>
      child.once('close', (code, signal) => resolve({ exit: code ?? signal, stdout, stderr })),
    );
    return { process: child, said, heard: () => stdout };
  }
}
