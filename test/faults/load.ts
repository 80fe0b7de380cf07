import { setMaxListeners } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { CairnApiError, type CairnClient } from '@cairn/client';
import type { Random } from './random.js';

/** A run that the API has answered for. */
export interface AcceptedRun {
  readonly runId: string;
  readonly idempotencyKey: string;
  readonly workflow: string;
  readonly trigger: Readonly<Record<string, unknown>>;
  /** How often the start was sent, answered or not. */
  readonly requests: number;
  /** Whether its cancellation was asked for. */
  cancelled: boolean;
}

export interface Load {
  readonly accepted: readonly AcceptedRun[];
  /** Keys whose start was never answered with 202, and why not. */
  readonly refused: ReadonlyMap<string, string>;
  /** What a repeated request answered that it must not, in words. */
  readonly wrongAnswers: readonly string[];
  /**
   * No new runs from now on. Resolves when all requests are answered, or `deadlineMs` has passed.
   * @throws what failed here, not in an API
   */
  finish(deadlineMs: number): Promise<void>;
}

export interface LoadSettings {
  readonly clients: readonly CairnClient[];
  readonly random: Random;
  /** Runs that have not ended, as far as is known. */
  readonly open: () => number;
  readonly signal: AbortSignal;
}

type Trigger = Readonly<Record<string, unknown>>;
interface Order {
  readonly workflow: string;
  readonly trigger: Trigger;
  /** How many are started at the same moment. */
  readonly copies: number;
}

/** Between two starts, as long as few enough runs are open. Milliseconds. */
const PAUSE_MS = [150, 650] as const;
/** Of runs that have not ended, and of requests that are not answered: what piles up in an outage stays bounded. */
const MOST_OPEN = 24;
const REQUEST_MS = 10_000;
const RETRY_MS = [100, 800] as const;
/** Starts that are sent once more under their key though they were answered. */
const REPEATED = 0.1;
const CANCELLED = 0.08;

/** Starts a steady mix of runs through all the APIs, and cancels some, whatever state these are in. */
export function beginLoad({ clients, random, open, signal }: LoadSettings): Load {
  const accepted: AcceptedRun[] = [];
  const refused = new Map<string, string>();
  const wrongAnswers: string[] = [];
  const finishing = new AbortController();
  const giveUp = new AbortController();
  const ended = AbortSignal.any([signal, giveUp.signal]);
  // Every request that waits listens to it.
  setMaxListeners(0, ended);
  const requests = new Set<Promise<void>>();
  const failures: unknown[] = [];
  let count = 0;

  /** Asks one API after the other until one answers for good. */
  const insist = async <T>(dice: Random, ask: (client: CairnClient, signal: AbortSignal) => Promise<T>) => {
    for (let tries = 1; ; tries += 1) {
      try {
        const once = AbortSignal.any([ended, AbortSignal.timeout(REQUEST_MS)]);
        return { answer: await ask(dice.pick(clients), once), tries };
      } catch (error) {
        ended.throwIfAborted();
        if (error instanceof CairnApiError && error.status >= 400 && error.status < 500) throw error;
        await delay(dice.between(...RETRY_MS), undefined, { signal: ended });
      }
    }
  };

  const start = async (order: Order, dice: Random) => {
    const { workflow, trigger } = order;
    const idempotencyKey = `faults-${(count += 1)}`;
    const ask = (client: CairnClient, once: AbortSignal) =>
      client.startRun({ workflow, trigger }, { idempotencyKey, signal: once });
    try {
      refused.set(idempotencyKey, 'it was not answered');
      const { answer, tries } = await insist(dice, ask);
      refused.delete(idempotencyKey);
      const run: AcceptedRun = {
        runId: answer.run.id,
        idempotencyKey,
        workflow,
        trigger,
        requests: tries,
        cancelled: false,
      };
      accepted.push(run);
      if (dice.chance(REPEATED)) {
        const again = await insist(dice, ask);
        if (again.answer.run.id !== run.runId || !again.answer.replayed)
          wrongAnswers.push(`${idempotencyKey} was answered with ${run.runId}, then ${again.answer.run.id}`);
      }
      if (dice.chance(CANCELLED)) {
        await delay(dice.between(0, 1_500), undefined, { signal: ended });
        run.cancelled = true;
        await insist(dice, (client, once) => client.cancelRun(run.runId, { signal: once }));
      }
    } catch (error) {
      if (error instanceof CairnApiError) {
        const why = `${error.status} ${error.code}`;
        if (refused.has(idempotencyKey)) refused.set(idempotencyKey, why);
        else wrongAnswers.push(`a request for the run of ${idempotencyKey} was answered ${why}`);
      } else if (!ended.aborted) throw error;
    }
  };

  const orders = orderBook(random.fork('orders'));
  const send = async () => {
    while (!finishing.signal.aborted && !signal.aborted) {
      if (Math.max(open(), requests.size) < MOST_OPEN) {
        const order = orders();
        for (let copy = 0; copy < order.copies; copy += 1) {
          const request: Promise<void> = start(order, random.fork(`start ${count}`))
            .catch((error: unknown) => void failures.push(error))
            .finally(() => requests.delete(request));
          requests.add(request);
        }
      }
      await delay(random.between(...PAUSE_MS), undefined, { signal: finishing.signal }).catch(
        () => undefined,
      );
    }
  };
  const sending = send();

  return {
    accepted,
    refused,
    wrongAnswers,
    finish: async deadlineMs => {
      finishing.abort();
      await sending;
      const timer = setTimeout(() => giveUp.abort(), deadlineMs);
      await Promise.all(requests);
      clearTimeout(timer);
      if (failures.length > 0) throw failures[0];
    },
  };
}

/** What is started next: most of it new, some of it seen before, some of it several times at once. */
function orderBook(random: Random): () => Order {
  const seen: Order[] = [];
  let names = 0;
  const fresh = (): Order => {
    const name = `cloth ${(names += 1)}`;
    const weaving = (workflow: string, kilobytes: number, milliseconds: number, copies = 1) => ({
      workflow,
      trigger: { name, kilobytes, milliseconds },
      copies,
    });
    const toy = (workflow: string, trigger: Trigger) => ({ workflow, trigger, copies: 1 });
    const kinds: readonly (readonly [share: number, make: () => Order])[] = [
      [28, () => weaving('weave.diamond', random.between(1, 64), random.between(0, 300))],
      [14, () => weaving('weave.diamond', random.between(1, 32), random.between(200, 1_500))],
      // Identical runs at the same moment.
      [
        12,
        () => weaving('weave.diamond', random.between(1, 32), random.between(50, 800), random.between(2, 4)),
      ],
      [12, () => weaving('weave.chain', random.between(1, 48), random.between(0, 400))],
      [6, () => weaving('weave.fan', random.between(1, 32), random.between(0, 400))],
      [4, () => weaving('weave.chain', random.between(1_024, 3_072), 0)],
      [12, () => toy('toy.diamond', { name })],
      [4, () => toy('toy.diamond', { name, mode: 'flaky' })],
      [3, () => toy('toy.broken', { name })],
      [3, () => toy('toy.noop', { value: name })],
      [2, () => toy('toy.choice', { loud: random.chance(0.5) })],
    ];
    let left = random.between(
      1,
      kinds.reduce((sum, [share]) => sum + share, 0),
    );
    for (const [share, make] of kinds) if ((left -= share) <= 0) return make();
    throw new RangeError('The shares do not add up');
  };
  return () => {
    if (seen.length > 0 && random.chance(0.15)) return { ...random.pick(seen), copies: 1 };
    const order = fresh();
    seen.push(order);
    return order;
  };
}
