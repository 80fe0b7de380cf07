import { setTimeout as delay } from 'node:timers/promises';
import type { CairnClient, Run } from '@cairn/client';
import type { Random } from '../faults/random.js';

/** What the load has come to so far. */
export interface Counts {
  started: number;
  completed: number;
  /** Ended otherwise than they were meant to. */
  wrong: number;
  /** Steps, executed and from the cache. */
  executed: number;
  hits: number;
  /** Beats that were left out because too many runs were open. */
  leftOut: number;
}

export interface Load {
  readonly counts: Readonly<Counts>;
  /** The runs that are open now. */
  readonly open: number;
  /** Requests that failed, and runs that did not end in time, in words. */
  readonly failures: readonly string[];
  /** No new runs; resolves when all have ended. */
  stop(): Promise<void>;
}

interface Order {
  readonly workflow: string;
  readonly trigger: Readonly<Record<string, unknown>>;
}

/** Between two starts. Milliseconds. */
const BEAT_MS = 1_000;
const MOST_OPEN = 20;
/** Of what is started, how much was started before: it is all in the cache. */
const REPEATED = 0.4;
const REMEMBERED = 100;
const ENDED_WITHIN_MS = 120_000;

/** A small run a second, through one API and followed at another: new, seen before, and maps. */
export function beginLoad(clients: readonly CairnClient[], random: Random): Load {
  const counts: Counts = { started: 0, completed: 0, wrong: 0, executed: 0, hits: 0, leftOut: 0 };
  const stopping = new AbortController();
  const open = new Set<Promise<void>>();
  const seen: Order[] = [];
  const failures: string[] = [];

  const order = (): Order => {
    if (seen.length > 0 && random.chance(REPEATED)) return random.pick(seen);
    const fresh = freshOrder(counts.started, random);
    seen.push(fresh);
    if (seen.length > REMEMBERED) seen.shift();
    return fresh;
  };
  const one = async (at: number) => {
    const [start, follow] = [clients[at % clients.length]!, clients[(at + 1) % clients.length]!];
    const { run } = await start.startRun(order());
    const ended = await follow.waitForRun(run.id, { deadlineMs: ENDED_WITHIN_MS });
    for await (const artifact of follow.runArtifacts(run.id)) {
      const { stream } = await follow.download(artifact.id);
      await new Response(stream).arrayBuffer();
      break;
    }
    note(counts, ended);
  };
  const beat = async () => {
    while (!stopping.signal.aborted) {
      if (open.size >= MOST_OPEN) counts.leftOut += 1;
      else {
        const run: Promise<void> = one((counts.started += 1))
          .catch((error: unknown) => void failures.push((error as Error).message))
          .finally(() => open.delete(run));
        open.add(run);
      }
      await delay(BEAT_MS, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  };
  const beating = beat();
  return {
    counts,
    failures,
    get open() {
      return open.size;
    },
    stop: async () => {
      stopping.abort();
      await beating;
      await Promise.all(open);
    },
  };
}

function freshOrder(index: number, random: Random): Order {
  const name = `soak ${index}`;
  const kinds: readonly (() => Order)[] = [
    () => ({ workflow: 'toy.diamond', trigger: { name } }),
    () => ({
      workflow: 'weave.diamond',
      trigger: { name, kilobytes: random.between(1, 64), milliseconds: random.between(0, 200) },
    }),
    () => ({ workflow: 'map.pages', trigger: { words: 'red green blue cyan', title: name } }),
    () => ({ workflow: 'toy.broken', trigger: { name } }),
  ];
  return random.pick(kinds)();
}

function note(counts: Counts, run: Run): void {
  const meant = run.workflowName === 'toy.broken' ? 'failed' : 'completed';
  if (run.status === meant) counts.completed += 1;
  else counts.wrong += 1;
  for (const { status, reason } of run.steps) {
    if (reason === 'cache_hit') counts.hits += 1;
    else if (status === 'completed') counts.executed += 1;
  }
}
