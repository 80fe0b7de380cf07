import { spawn, execFileSync, type ChildProcess } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../main.js', import.meta.url));

/** A `cairn` as its own process, and what it has said. */
export class RunningCairn {
  output = '';
  /** Of that, what went to standard output. */
  stdout = '';
  readonly exit: Promise<number | string | null>;
  private readonly child: ChildProcess;
  private told: () => void = () => undefined;

  constructor(args: readonly string[], env: Record<string, string>) {
    const inherited = { ...process.env };
    // What the tests' own servers are told by must not reach it: it starts its own.
    for (const name of Object.keys(inherited))
      if (/^(CAIRN|TEMPORAL|DATABASE)_/.test(name)) delete inherited[name];
    this.child = spawn(process.execPath, [MAIN, ...args], {
      env: { ...inherited, INIT_CWD: '', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [this.child.stdout, this.child.stderr])
      stream?.on('data', (part: Buffer) => {
        this.output += part.toString();
        if (stream === this.child.stdout) this.stdout += part.toString();
        this.told();
      });
    this.exit = new Promise(resolve => {
      this.child.once('close', (code, signal) => {
        resolve(code ?? signal);
        this.told();
      });
    });
  }

  /** Waits until it has said this. @throws Error with all it said when it ends before. */
  async says(text: string): Promise<void> {
    let ended = false;
    void this.exit.then(() => (ended = true));
    while (!this.output.includes(text)) {
      if (ended) throw new Error(`ended without saying "${text}":\n${this.output}`);
      await new Promise<void>(resolve => (this.told = resolve));
    }
  }

  kill(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }
}

/** The processes whose arguments or environment name this folder: `[pid, command line]`. */
export function processesOf(folder: string): [number, string][] {
  const list = execFileSync('ps', ['axeww', '-o', 'pid=,command='], {
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  return list
    .split('\n')
    .filter(line => line.includes(folder) && !line.includes('ps axeww'))
    .map(line => [Number.parseInt(line, 10), line.trim()]);
}

/** Waits until no process names the folder any more; gives those that are left after the deadline. */
export async function processesLeft(folder: string, withinMs: number): Promise<string[]> {
  const deadline = Date.now() + withinMs;
  for (;;) {
    const left = processesOf(folder);
    if (left.length === 0 || Date.now() > deadline) return left.map(([, command]) => command.slice(0, 200));
    await delay(100);
  }
}
