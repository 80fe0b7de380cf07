import { durationMs } from './duration.js';

/** How long a result stays reusable, and for whom. */
export type CachePolicy =
  | 'global'
  | 'run_only'
  | 'never'
  | { readonly scope: 'global' | 'run_only'; /** e.g. `7d`, `12h` */ readonly ttl: string };

/** How often, and when, a step that failed is tried again. */
export interface RetryPolicy {
  /** How often a step is tried in all, the first time included; default 3. */
  readonly attempts?: number;
  /** Before the second try; default `1s`. */
  readonly backoff?: string;
  /** How many times longer each further wait is than the one before, 1 to 100; default 2. */
  readonly factor?: number;
  /** The longest wait; default `1m`, or `backoff` where that is longer. */
  readonly maxBackoff?: string;
  /** Codes of errors after which no other try is made, though they were thrown as retryable. */
  readonly nonRetryable?: readonly string[];
}

/** How a step is run: what a skill declares, and a step of a workflow may declare otherwise, field by field. */
export interface ExecutionPolicy {
  readonly cache?: CachePolicy;
  readonly retry?: RetryPolicy;
  /** Of one attempt, e.g. `5m`; default ten minutes. */
  readonly timeout?: string;
  /** How long a worker may be silent before it is taken for dead, at least `3s`; default `10s`. */
  readonly heartbeat?: string;
  /** The queue it waits in, `[a-z][a-z0-9-]{0,63}`; `default` is the main one, which also walks the workflows. */
  readonly queue?: string;
}

/** The name of the queue that serves all that ask for no other. */
export const DEFAULT_QUEUE = 'default';
/** A worker says every second or two that it lives; below this a slow moment would be taken for a death. */
const SHORTEST_HEARTBEAT_MS = 3_000;
/** What Temporal counts attempts in. */
const MOST_ATTEMPTS = 2 ** 31 - 1;
const QUEUE = /^[a-z][a-z0-9-]{0,63}$/;
const CODE = /^[A-Z][A-Z0-9_]+$/;
const REUSABLE: readonly unknown[] = ['global', 'run_only'];

/**
 * Checks each field that is given; what is left out has a default that holds.
 * @throws TypeError that begins with the field, as in `retry.attempts is a whole number from 1, not 0`.
 */
export function checkPolicy({ cache, retry, timeout, heartbeat, queue }: ExecutionPolicy): void {
  const { attempts, backoff, factor, maxBackoff, nonRetryable } = retry ?? {};
  positive('timeout', timeout);
  const silence = duration('heartbeat', heartbeat);
  if (silence !== undefined && silence < SHORTEST_HEARTBEAT_MS) refuse('heartbeat', 'at least 3s', heartbeat);
  if (attempts !== undefined && !isWhole(attempts, MOST_ATTEMPTS))
    refuse('retry.attempts', 'a whole number from 1', attempts);
  const first = positive('retry.backoff', backoff);
  const longest = positive('retry.maxBackoff', maxBackoff);
  if (first !== undefined && longest !== undefined && longest < first)
    refuse('retry.maxBackoff', `at least retry.backoff, ${backoff}`, maxBackoff);
  if (factor !== undefined && !(typeof factor === 'number' && factor >= 1 && factor <= 100))
    refuse('retry.factor', 'a number from 1 to 100', factor);
  if (nonRetryable !== undefined && !isListOfCodes(nonRetryable))
    refuse('retry.nonRetryable', 'a list of codes like PROVIDER_REFUSED', nonRetryable);
  if (queue !== undefined && !QUEUE.test(queue)) refuse('queue', '[a-z][a-z0-9-]{0,63}', queue);
  if (cache === undefined) return;
  if (typeof cache === 'object' && REUSABLE.includes(cache.scope)) duration('cache.ttl', cache.ttl ?? '');
  else if (cache !== 'never' && !REUSABLE.includes(cache))
    refuse('cache', 'global, run_only, never or {scope, ttl}', cache);
}

/** @throws TypeError when it is no whole number from 1. */
export function checkConcurrency(concurrency: number): void {
  if (!isWhole(concurrency, Number.MAX_SAFE_INTEGER))
    refuse('concurrency', 'a whole number from 1', concurrency);
}

function refuse(field: string, rule: string, value: unknown): never {
  const shown = typeof value === 'object' ? JSON.stringify(value) : String(value);
  throw new TypeError(`${field} is ${rule}, not ${shown}`);
}

const isWhole = (value: unknown, most: number) =>
  Number.isSafeInteger(value) && (value as number) >= 1 && (value as number) <= most;
const isListOfCodes = (value: unknown) =>
  Array.isArray(value) && value.every(code => typeof code === 'string' && CODE.test(code));

function duration(field: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  try {
    return durationMs(text);
  } catch {
    return refuse(field, 'a duration like 250ms, 30s, 5m, 12h or 7d', text === '' ? '""' : text);
  }
}

function positive(field: string, text: string | undefined): number | undefined {
  const ms = duration(field, text);
  return ms === 0 ? refuse(field, 'more than no time', text) : ms;
}
