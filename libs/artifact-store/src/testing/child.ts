import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';

/** A process of its own that uses the store. */
export interface Child {
  readonly process: ChildProcess;
  /** The next line that it prints. @throws Error when it has ended */
  line(): Promise<string>;
  /** Resolves when it has ended. */
  readonly ended: Promise<unknown>;
}

const INDEX = new URL('../index.js', import.meta.url).href;

/**
 * Runs a module's text, which has `openFileStore`, `openStore` and, in `args`, the arguments.
 * @param wrapped the command before `node`, e.g. a shell that sets a limit; it runs what follows as its arguments.
 * @param env beside the PATH, which is all that it has of ours.
 */
export function startChild(
  code: string,
  args: readonly string[],
  { wrapped = [], env = {} }: { wrapped?: readonly string[]; env?: Readonly<Record<string, string>> } = {},
): Child {
  const text = `import { openFileStore, openStore } from ${JSON.stringify(INDEX)}; const args = process.argv.slice(1); ${code}`;
  const [command, ...rest] = [...wrapped, process.execPath, '--input-type=module', '--eval', text, ...args];
  const child = spawn(command!, rest, {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { PATH: process.env['PATH'], ...env },
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    process: child,
    line: async () => {
      const { value, done } = await lines.next();
      if (done) throw new Error('The process has ended');
      return value;
    },
    ended: new Promise(resolve => child.once('exit', resolve)),
  };
}
