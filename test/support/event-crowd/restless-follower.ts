import { createCairnClient, type Event } from '@cairn/client';
import type { Random } from '../../faults/random.js';

/** One who follows over HTTP, whose connections break at random, and who asks another API each time. */
export interface RestlessFollower {
  readonly events: readonly Event[];
  readonly resets: number;
  readonly connections: number;
  /** What ended it, before it was stopped. */
  readonly failure: unknown;
  /** Throws what its following threw. */
  stop(): Promise<void>;
}

/** The fewest and the most bytes after which a connection breaks: some hundred events, or thousands. */
const BREAKS_AFTER = [2_000, 1_500_000] as const;

/** @param urls the APIs that there are at this moment */
export function followRestlessly(urls: () => readonly string[], random: Random): RestlessFollower {
  const events: Event[] = [];
  const leaving = new AbortController();
  let resets = 0;
  let connections = 0;

  const breaking: typeof fetch = async (input, init) => {
    const asked = new URL(input instanceof Request ? input.url : input);
    const { host } = new URL(random.pick(urls()));
    asked.host = host;
    const response = await fetch(asked, init);
    if (!response.ok || !response.body) return response;
    connections += 1;
    let left = random.between(...BREAKS_AFTER);
    const cut = new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        left -= chunk.length;
        if (left >= 0) return controller.enqueue(chunk);
        // In the middle of an event, as wires do.
        controller.enqueue(chunk.subarray(0, chunk.length + left));
        controller.error(new TypeError('the wire was cut'));
      },
    });
    return new Response(response.body.pipeThrough(cut), {
      status: response.status,
      headers: response.headers,
    });
  };

  async function follow(): Promise<void> {
    const cairn = createCairnClient({ baseUrl: urls()[0]!, fetch: breaking });
    while (!leaving.signal.aborted) {
      // Now and then it is the follower itself that begins anew, where it was.
      const lives = AbortSignal.any([leaving.signal, AbortSignal.timeout(random.between(300, 4_000))]);
      const after = events.at(-1)?.position ?? 0;
      try {
        for await (const item of cairn.followEvents({ after, signal: lives }))
          if (item.kind === 'event') events.push(item.event);
          else resets += 1;
      } catch (error) {
        if (!lives.aborted) throw error;
      }
    }
  }
  const following = follow();
  let failure: unknown;
  following.catch((error: unknown) => (failure = error));
  return {
    events,
    get resets() {
      return resets;
    },
    get failure() {
      return failure;
    },
    get connections() {
      return connections;
    },
    async stop() {
      leaving.abort();
      await following;
    },
  };
}
