import { Worker } from 'node:worker_threads';
import type { HeldClaim } from '@cairn/dao';
import { CairnError } from '@cairn/dto';
import type { Log } from '../log.js';

/** The lease of a claim ended before the work under it did: another step may be doing it by now. */
export class LeaseLostError extends CairnError {
  constructor(generation: number) {
    super('CLAIM_LOST', `The lease of claim ${generation} has ended`, { retryable: true });
  }
}

/** A claim that is being kept. */
export interface Lease {
  /** Aborted with {@link LeaseLostError} when the lease is lost. */
  readonly signal: AbortSignal;
  /** Stops the renewals; the claim itself is ended in the database. */
  end(): void;
}

export interface LeaseSettings {
  readonly databaseUrl: string;
  /** How long a lease is, and goes on after its last renewal. Milliseconds. */
  readonly leaseMs: number;
}

/** What the main thread tells the renewing one. Times are of `process.hrtime.bigint()`, which all threads share. */
export type LeaseOrder =
  | { readonly kind: 'keep'; readonly generation: number; readonly until: bigint }
  | { readonly kind: 'end'; readonly generation: number }
  | { readonly kind: 'close' };
/** What it says. */
export type LeaseNews = { readonly kind: 'ready' } | { readonly kind: 'lost'; readonly generation: number };

interface Kept {
  readonly abort: AbortController;
  readonly until: bigint;
}

/**
 * Renews the leases of this process, in a thread of its own with a connection of its own: work that fills the main
 * thread costs no lease.
 */
export class LeaseKeeper {
  private readonly kept = new Map<number, Kept>();
  private thread: Worker;
  private closing = false;
  private beReady!: () => void;
  private readonly renewing = new Promise<void>(resolve => (this.beReady = resolve));

  constructor(
    private readonly settings: LeaseSettings,
    private readonly log: Log,
  ) {
    this.thread = this.start();
  }

  /** Resolves when leases can be renewed: to claim before that might be to lose at once. */
  async ready(): Promise<void> {
    await this.renewing;
  }

  get leaseMs(): number {
    return this.settings.leaseMs;
  }

  /** @param sentAt when the claim was asked for, by `process.hrtime.bigint()`: its lease began no earlier. */
  keep({ generation }: HeldClaim, sentAt: bigint): Lease {
    const until = sentAt + BigInt(this.settings.leaseMs) * 1_000_000n;
    const abort = new AbortController();
    this.kept.set(generation, { abort, until });
    this.tell({ kind: 'keep', generation, until });
    return {
      signal: abort.signal,
      end: () => {
        if (this.kept.delete(generation)) this.tell({ kind: 'end', generation });
      },
    };
  }

  /** Lets go of the connection. Leases that are still kept run out. */
  async close(): Promise<void> {
    this.closing = true;
    const ended = new Promise(resolve => this.thread.once('exit', resolve));
    this.tell({ kind: 'close' });
    await ended;
  }

  private tell(order: LeaseOrder): void {
    this.thread.postMessage(order);
  }

  private start(): Worker {
    const thread = new Worker(new URL('./lease-keeper.thread.js', import.meta.url), {
      workerData: this.settings,
    });
    thread.on('message', (news: LeaseNews) => {
      if (news.kind === 'ready') return this.beReady();
      const { generation } = news;
      const lost = this.kept.get(generation);
      this.kept.delete(generation);
      lost?.abort.abort(new LeaseLostError(generation));
    });
    thread.on('error', error =>
      this.log.error({ error: error.message }, 'the thread that renews leases failed'),
    );
    thread.on('exit', () => {
      if (this.closing) return;
      this.thread = this.start();
      for (const [generation, { until }] of this.kept) this.tell({ kind: 'keep', generation, until });
    });
    // It must not keep a process alive that has nothing else to do.
    thread.unref();
    return thread;
  }
}
