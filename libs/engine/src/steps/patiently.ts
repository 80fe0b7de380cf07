import { setTimeout as delay } from 'node:timers/promises';
import { isDatabaseUnavailable } from '@cairn/dao';

const FIRST_WAIT_MS = 100;
const LONGEST_WAIT_MS = 2_000;
/** PostgreSQL gave up one of several transactions: deadlock_detected, serialization_failure. */
const CONFLICTS = new Set(['40P01', '40001']);

/**
 * Does work in the database, again and again while the database is away or in conflict: an outage must cost a
 * finished result neither its place nor an attempt. The work must be safe to repeat, also after a commit whose
 * answer was lost.
 *
 * @throws the signal's reason when it is aborted meanwhile; at once what is not about the database's state.
 */
export async function patiently<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  for (let wait = FIRST_WAIT_MS; ; wait = Math.min(2 * wait, LONGEST_WAIT_MS)) {
    try {
      return await work();
    } catch (error) {
      if (!isPassing(error)) throw error;
      signal.throwIfAborted();
      await delay(wait, undefined, { signal }).catch(() => signal.throwIfAborted());
    }
  }
}

function isPassing(error: unknown): boolean {
  const code = (error as { code?: unknown } | null)?.code;
  return isDatabaseUnavailable(error) || (typeof code === 'string' && CONFLICTS.has(code));
}
