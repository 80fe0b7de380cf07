/** What is left after a request. */
export interface Allowance {
  readonly allowed: boolean;
  /** Requests that could come at once now. */
  readonly remaining: number;
  /** Until all of the limit is there again. Seconds, rounded up. */
  readonly fullInS: number;
  /** Until one more request is allowed, 0 when it is now. Seconds, rounded up. */
  readonly nextInS: number;
}

/** The most names that are remembered; the one that was seen longest ago is forgotten, and has its full limit again. */
const MOST_NAMES = 10_000;

/**
 * One bucket for each name: it holds the requests of a minute, and fills evenly. They are of this process: several
 * APIs allow together what each of them allows.
 */
export class TokenBuckets {
  private readonly buckets = new Map<string, { tokens: number; at: number }>();

  /** @param now milliseconds that never go back */
  constructor(private readonly now: () => number = () => performance.now()) {}

  /** Takes one request out of a bucket, if it has one. */
  take(name: string, perMinute: number): Allowance {
    const at = this.now();
    const before = this.buckets.get(name);
    const filled = before
      ? Math.min(perMinute, before.tokens + ((at - before.at) * perMinute) / 60_000)
      : perMinute;
    const allowed = filled >= 1;
    const tokens = allowed ? filled - 1 : filled;
    this.buckets.delete(name);
    this.buckets.set(name, { tokens, at });
    if (this.buckets.size > MOST_NAMES) this.buckets.delete(this.buckets.keys().next().value!);
    const seconds = (missing: number) => Math.max(0, Math.ceil((missing * 60) / perMinute));
    return {
      allowed,
      remaining: Math.floor(tokens),
      fullInS: seconds(perMinute - tokens),
      nextInS: seconds(1 - tokens),
    };
  }

  /** How many names are remembered. */
  get size(): number {
    return this.buckets.size;
  }
}
