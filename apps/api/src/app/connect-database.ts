import { setTimeout as delay } from 'node:timers/promises';
import { isDatabaseUnavailable, migrate, type DataSource } from '@cairn/dao';
import type { Logger } from 'pino';

/** PostgreSQL may start together with the API. Milliseconds. */
const WAIT_MS = 60_000;
const PAUSE_MS = 250;

/**
 * Connects to PostgreSQL and brings its schema up to date, waiting for it a while: it may go away again in between.
 * @throws the last error; at once when it says something else than that PostgreSQL is away.
 */
export async function connectDatabase(
  dataSource: DataSource,
  log: Logger,
  signal?: AbortSignal,
  waitMs: number = WAIT_MS,
): Promise<void> {
  const end = performance.now() + waitMs;
  for (let tries = 1; ; tries++) {
    try {
      if (!dataSource.isInitialized) await dataSource.initialize();
      await migrate(dataSource);
      return;
    } catch (error) {
      if (signal?.aborted || !isDatabaseUnavailable(error) || performance.now() > end) throw error;
      if (tries === 1) log.warn({ error: (error as Error).message }, 'waiting for PostgreSQL');
      await delay(PAUSE_MS, undefined, { signal });
    }
  }
}
