import pg from 'pg';
import { setTimeout as delay } from 'node:timers/promises';

const PAUSE_MS = 200;

/** Rows of one statement over a connection of its own, so that no state of a connection outlives an outage. */
export async function query<T extends object>(url: string, statement: string): Promise<readonly T[]> {
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: 5_000,
    query_timeout: 30_000,
  });
  // The server may go at any moment; the call that is under way says so.
  client.on('error', () => undefined);
  try {
    await client.connect();
    return (await client.query<T>(statement)).rows;
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** How many runs are recorded that have not ended, looked up again and again; keeps the last figure in an outage. */
export interface OpenRuns {
  readonly count: number;
  stop(): Promise<void>;
}

export function watchOpenRuns(url: string): OpenRuns {
  const stopping = new AbortController();
  const { signal } = stopping;
  let count = 0;
  const watch = async () => {
    while (!signal.aborted) {
      const rows = await query<{ open: number }>(url, OPEN).catch(() => []);
      count = rows[0]?.open ?? count;
      await delay(PAUSE_MS, undefined, { signal }).catch(() => undefined);
    }
  };
  const watching = watch();
  return {
    get count() {
      return count;
    },
    stop: async () => {
      stopping.abort();
      await watching;
    },
  };
}

const OPEN = `SELECT count(*)::int AS "open" FROM "run" WHERE "status" IN ('queued', 'running')`;
