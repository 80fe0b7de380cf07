import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export type StarterReport =
  | { kind: 'log'; line: string }
  | { kind: 'crash'; part: string; detail: string }
  | { kind: 'up'; databaseUrl: string; temporalAddress: string; shared: boolean; pids: [number, number] };

/** A stack started by another process, as a test sees it. */
export interface Starter {
  child: ChildProcess;
  /** Resolves with the first report the filter accepts, were it already there; fails when the process ends first. */
  until<K extends StarterReport['kind']>(
    kind: K,
    accept?: (report: Extract<StarterReport, { kind: K }>) => boolean,
  ): Promise<Extract<StarterReport, { kind: K }>>;
  /** Sends a signal and waits until the process is gone. */
  end(signal: NodeJS.Signals): Promise<void>;
}

/** Starts the stack of `home` in a process of its own. */
export function startStarter(home: string): Starter {
  const program = fileURLToPath(new URL('./starter.js', import.meta.url));
  const child = spawn(process.execPath, [program, home], { stdio: ['ignore', 'pipe', 'inherit'] });
  const closed = once(child, 'close');
  const reports: StarterReport[] = [];
  const looks = new Set<() => void>();
  createInterface({ input: child.stdout }).on('line', line => {
    reports.push(JSON.parse(line) as StarterReport);
    for (const look of looks) look();
  });
  return {
    child,
    until(kind, accept = () => true) {
      type Wanted = Extract<StarterReport, { kind: typeof kind }>;
      return new Promise((resolve, reject) => {
        const look = () => {
          const found = reports.find(
            (report): report is Wanted => report.kind === kind && accept(report as Wanted),
          );
          if (!found) return;
          looks.delete(look);
          resolve(found);
        };
        looks.add(look);
        look();
        void closed.then(() => reject(new Error(`the starter ended: ${JSON.stringify(reports)}`)));
      });
    },
    async end(signal) {
      child.kill(signal);
      await closed;
    },
  };
}
