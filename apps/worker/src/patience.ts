import { setTimeout as delay } from 'node:timers/promises';
import type { Log } from '@cairn/engine';

const FIRST_WAIT_MS = 200;
const LONGEST_WAIT_MS = 5_000;

/**
 * Tries until it works: a part that is not up yet, or is restarting, is no reason to give up.
 * @throws the signal's reason, when it is aborted.
 */
export async function untilItWorks<T>(
  what: string,
  log: Log,
  signal: AbortSignal,
  attempt: () => Promise<T>,
): Promise<T> {
  for (let wait = FIRST_WAIT_MS; ; wait = Math.min(wait * 2, LONGEST_WAIT_MS)) {
    try {
      return await attempt();
    } catch (error) {
      signal.throwIfAborted();
      log.warn({ error: (error as Error).message, retryInMs: wait }, `${what} is not there yet`);
      await delay(wait, undefined, { signal }).catch(() => undefined);
      signal.throwIfAborted();
    }
  }
}
