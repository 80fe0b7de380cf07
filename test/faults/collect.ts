import { setTimeout as delay } from 'node:timers/promises';
import { CairnApiError, type CairnClient } from '@cairn/client';
import { waitUntil } from '../support/wait-until.js';
import type { Random } from './random.js';

/** Removes everything that is not in use. */
const EVERYTHING = { grace: '0' } as const;
/** A file that no row stood for is given one by the first round, and goes with the second. */
const ROUNDS = 2;
const WITHIN_MS = 60_000;
const PAUSE_MS = [3_000, 9_000] as const;

/**
 * Collects everything that is not in use, with grace 0.
 * @returns what was removed, in words
 * @throws Error when the API refuses
 */
export async function collect(client: CairnClient): Promise<string> {
  const said: string[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const { blobs, unrecorded, leftovers, remains, failed } = await waitUntil(
      'a collection of its own',
      () => unlessRunning(client.collectStore(EVERYTHING)),
      WITHIN_MS,
    );
    const rows = Object.values(remains).reduce((sum, count) => sum + count, 0);
    said.push(
      `${blobs.count} blobs (${blobs.bytes} bytes), ${unrecorded.count} unrecorded files, ` +
        `${leftovers?.count ?? 0} incomplete files, ${rows} rows, ${failed} failures`,
    );
  }
  return said.join('; then ');
}

/** Another collection may be under way. */
async function unlessRunning<T>(collection: Promise<T>): Promise<T | undefined> {
  return collection.catch((error: unknown) => {
    if (error instanceof CairnApiError && error.code === 'COLLECTION_RUNNING') return undefined;
    throw error;
  });
}

/** Collections with grace 0 in the middle of everything: nothing that is in use may go. */
export interface Collecting {
  /** How many were answered. */
  readonly count: number;
  stop(): Promise<void>;
}

export function collectMeanwhile(clients: readonly CairnClient[], random: Random): Collecting {
  const stopping = new AbortController();
  const { signal } = stopping;
  let count = 0;
  const go = async () => {
    while (!signal.aborted) {
      await delay(random.between(...PAUSE_MS), undefined, { signal }).catch(() => undefined);
      if (signal.aborted) return;
      // Whatever is away just now, another one comes.
      const done = await random
        .pick(clients)
        .collectStore(EVERYTHING, { signal })
        .catch(() => undefined);
      if (done) count += 1;
    }
  };
  const going = go();
  return {
    get count() {
      return count;
    },
    stop: async () => {
      stopping.abort();
      await going;
    },
  };
}
