import { readFileSync } from 'node:fs';
import { reasonOf } from './errors.js';
import { commandLine, endProcess } from './processes.js';

export interface Leftover {
  /** What to call it, as in "PostgreSQL". */
  name: string;
  /** A file whose first line is the process id. */
  pidFile: string;
  /** What its command line holds and no other's does: ids are used again. */
  mark: string;
  endWith: readonly [NodeJS.Signals, number][];
}

/**
 * Ends a server that an earlier start left behind: its process was killed together with its keeper.
 * @throws Error when it does not end
 */
export async function endLeftover(left: Leftover, log: (line: string) => void): Promise<void> {
  const pid = pidIn(left.pidFile);
  if (pid === undefined || !commandLine(pid)?.includes(left.mark)) return;
  log(`Ending the ${left.name} that an earlier start left behind (process ${pid})`);
  const gone = await endProcess(pid, left.endWith).catch(reasonOf);
  if (gone !== true)
    throw new Error(`A ${left.name} left by an earlier start does not end: \`kill -9 ${pid}\``);
}

function pidIn(file: string): number | undefined {
  try {
    const pid = Number.parseInt(readFileSync(file, 'utf8'), 10);
    return pid > 0 ? pid : undefined;
  } catch {
    return undefined;
  }
}
