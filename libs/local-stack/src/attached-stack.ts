import { homePaths } from './home-folder.js';
import type { LocalStack, LocalStackOptions } from './local-stack.js';
import { lockHolder } from './owner-lock.js';
import { isAlive } from './processes.js';
import type { RunningStack, StackPart } from './stack-memory.js';
import { StackError } from './errors.js';

const LOOK_EVERY_MS = 500;

/**
 * Uses the stack that another start of the same home runs.
 * @throws StackError STACK_IN_USE when that one does not run a part which is needed here
 */
export function attachTo(options: LocalStackOptions, running: RunningStack): LocalStack {
  const databaseUrl = options.databaseUrl ?? running.databaseUrl;
  const temporalAddress = options.temporalAddress ?? running.temporalAddress;
  if (databaseUrl === undefined || temporalAddress === undefined) {
    const [part, variable] =
      databaseUrl === undefined ? ['PostgreSQL', 'DATABASE_URL'] : ['Temporal', 'TEMPORAL_ADDRESS'];
    throw new StackError(
      'STACK_IN_USE',
      `${options.home} is in use by process ${running.ownerPid}, which runs no ${part} of its own: set ${variable} as it does, or another CAIRN_HOME`,
    );
  }
  const needed: StackPart[] = [];
  if (options.databaseUrl === undefined) needed.push('postgres');
  if (options.temporalAddress === undefined) needed.push('temporal');
  const watch = watchParts(options.home, running, needed);
  return {
    databaseUrl,
    temporalAddress,
    temporalNamespace: options.temporalNamespace ?? running.temporalNamespace ?? 'default',
    temporalUiUrl: options.temporalAddress === undefined ? running.temporalUiUrl : undefined,
    postgres: partInfo(options.databaseUrl, running.postgresPid),
    temporal: partInfo(options.temporalAddress, running.temporalPid),
    shared: true,
    onCrash: watch.onCrash,
    async restart(part) {
      throw new StackError('STACK_IN_USE', `${part} is run by process ${running.ownerPid}: start it there`);
    },
    async stop() {
      watch.end();
    },
  };
}

/** The other start's children are not ours, so that they end is looked for, not told. */
function watchParts(home: string, running: RunningStack, needed: readonly StackPart[]) {
  const callbacks: ((part: StackPart, detail: string) => void)[] = [];
  const gone = new Map<StackPart, string>();
  const pids = { postgres: running.postgresPid, temporal: running.temporalPid };
  const timer = setInterval(() => {
    const owned = lockHolder(homePaths(home).lock)?.pid === running.ownerPid;
    for (const part of needed) {
      const pid = pids[part];
      if (gone.has(part) || (owned && pid !== undefined && isAlive(pid))) continue;
      const detail = owned
        ? `process ${pid} has ended`
        : `process ${running.ownerPid}, which ran it, has ended`;
      gone.set(part, detail);
      for (const callback of callbacks) callback(part, detail);
    }
  }, LOOK_EVERY_MS);
  timer.unref();
  return {
    onCrash(callback: (part: StackPart, detail: string) => void) {
      callbacks.push(callback);
      for (const [part, detail] of gone) callback(part, detail);
    },
    end: () => clearInterval(timer),
  };
}

function partInfo(given: string | undefined, pid: number | undefined) {
  return given !== undefined ? { runBy: 'someone else' as const } : { runBy: 'another start' as const, pid };
}
