import { isAbsolute, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { attachTo } from './attached-stack.js';
import { StackError } from './errors.js';
import { homePaths, prepareHome } from './home-folder.js';
import type { LocalStack, LocalStackOptions } from './local-stack.js';
import { tryLock } from './owner-lock.js';
import { startOwnStack } from './own-stack.js';
import { isAlive } from './processes.js';
import { readMemory, type RunningStack } from './stack-memory.js';

/**
 * Brings up a PostgreSQL and a Temporal for one machine, or uses those that are there: what the options name, or what
 * another start of the same CAIRN_HOME runs. Waits for a start or a stop of the same home that is under way.
 * Whatever it starts ends with this process, even when that is killed.
 *
 * @throws StackError, with one line that says what to do; nothing is left running then
 */
export async function startLocalStack(given: LocalStackOptions): Promise<LocalStack> {
  const options = { ...given, home: isAbsolute(given.home) ? given.home : resolve(given.home) };
  const { databaseUrl, temporalAddress, temporalNamespace = 'default' } = options;
  try {
    if (databaseUrl !== undefined && temporalAddress !== undefined) {
      return external(databaseUrl, temporalAddress, temporalNamespace);
    }
    prepareHome(options.home);
    return await ownOrAttached(options);
  } catch (error) {
    if (options.signal?.aborted) throw new StackError('STACK_START_CANCELLED', 'The start was cancelled');
    throw error;
  }
}

async function ownOrAttached(options: LocalStackOptions): Promise<LocalStack> {
  const paths = homePaths(options.home);
  for (let told = false; ;) {
    options.signal?.throwIfAborted();
    const attempt = tryLock(paths.lock);
    if ('lock' in attempt) return startOwnStack(options, attempt.lock);
    const { running } = readMemory(paths.memory);
    if (running?.ownerPid === attempt.holder.pid && partsLive(running)) return attachTo(options, running);
    if (!told)
      options.log(
        `Waiting for process ${attempt.holder.pid}, which starts or ends the stack of ${options.home}`,
      );
    told = true;
    await delay(100, undefined, { signal: options.signal });
  }
}

function partsLive({ postgresPid, temporalPid }: RunningStack): boolean {
  return [postgresPid, temporalPid].every(pid => pid === undefined || isAlive(pid));
}

function external(databaseUrl: string, temporalAddress: string, temporalNamespace: string): LocalStack {
  const part = { runBy: 'someone else' as const };
  return {
    databaseUrl,
    temporalAddress,
    temporalNamespace,
    postgres: part,
    temporal: part,
    shared: false,
    onCrash: () => undefined,
    async restart(name) {
      throw new StackError('STACK_IN_USE', `${name} is run by someone else: start it there`);
    },
    stop: async () => undefined,
  };
}
