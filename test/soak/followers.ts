import { setTimeout as delay } from 'node:timers/promises';
import type { CairnClient } from '@cairn/client';
import type { Random } from '../faults/random.js';

export interface Followers {
  /** Events that all of them have seen, added up. */
  readonly seen: number;
  /** What they saw out of order, twice, or not at all, in words. */
  readonly wrong: readonly string[];
  stop(): Promise<void>;
}

const EACH = 2;
/** How long a follower stays before it leaves, and goes on where it was at the next API. Milliseconds. */
const STAYS_MS = [10_000, 60_000] as const;

/** Some who follow all events through each API, leave now and then, and go on where they were. */
export function followEvents(clients: readonly CairnClient[], random: Random): Followers {
  const stopping = new AbortController();
  const wrong: string[] = [];
  let seen = 0;
  const follow = async (name: string, first: number, dice: Random) => {
    let position: number | undefined;
    for (let visit = first; !stopping.signal.aborted; visit += 1) {
      const leaving = AbortSignal.timeout(dice.between(...STAYS_MS));
      const signal = AbortSignal.any([stopping.signal, leaving]);
      const client = clients[visit % clients.length]!;
      try {
        for await (const followed of client.followEvents({ after: position, signal })) {
          if (followed.kind === 'reset') throw new Error(`was told to begin at ${followed.reset.oldest}`);
          const { position: here } = followed.event;
          // A tenant's positions have no gaps.
          if (position !== undefined && here !== position + 1)
            wrong.push(`${name} saw ${here} after ${position}`);
          position = here;
          seen += 1;
        }
      } catch (error) {
        if (signal.aborted) continue;
        wrong.push(`${name}: ${(error as Error).message}`);
        await delay(1_000, undefined, { signal: stopping.signal }).catch(() => undefined);
      }
    }
  };
  const following = Array.from({ length: EACH * clients.length }, (_, index) =>
    follow(`follower ${index + 1}`, index, random.fork(`follower ${index}`)),
  );
  return {
    get seen() {
      return seen;
    },
    wrong,
    stop: async () => {
      stopping.abort();
      await Promise.all(following);
    },
  };
}
