import { setTimeout as delay } from 'node:timers/promises';
import type { Log } from '@cairn/engine';

/** Work that is done again and again. */
export interface Repetition {
  readonly what: string;
  /** Between the end of one round and the next. Milliseconds. */
  readonly everyMs: number;
  work(): Promise<unknown>;
}

/** Repeats work until the signal is aborted. A round that fails is told, once until it works again, and forgotten. */
export async function repeat(
  { what, everyMs, work }: Repetition,
  log: Log,
  stop: AbortSignal,
): Promise<void> {
  let failing = false;
  while (!stop.aborted) {
    try {
      await work();
      failing = false;
    } catch (error) {
      if (!failing) log.warn({ error: (error as Error).message }, `${what} has to wait`);
      failing = true;
    }
    await delay(everyMs, undefined, { signal: stop }).catch(() => undefined);
  }
}
