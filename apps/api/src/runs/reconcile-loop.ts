import { setTimeout as delay } from 'node:timers/promises';
import { isDatabaseUnavailable } from '@cairn/dao';
import type { Logger } from 'pino';
import { TemporalUnavailableError } from '../temporal/temporal-call.js';

const PAUSE_MS = 1_000;

/** Lets a reconciler look again and again. An outage is logged when it begins and when it ends. */
export class ReconcileLoop {
  private readonly stopping = new AbortController();
  private running: Promise<void> | undefined;

  constructor(
    private readonly reconciler: { tick(): Promise<unknown> },
    private readonly log: Logger,
    /** What it looks at. */
    private readonly what: 'runs' | 'schedules' | 'tenants' = 'runs',
  ) {}

  start(): void {
    this.running ??= this.run();
  }

  /** Ends after the round that is under way. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await this.running;
  }

  private async run(): Promise<void> {
    const { signal } = this.stopping;
    let trouble: string | undefined;
    while (!signal.aborted) {
      const now = await this.round();
      if (now !== undefined && now !== trouble && !signal.aborted)
        this.log.warn({ error: now }, `${this.what} cannot be reconciled for now`);
      if (now === undefined && trouble !== undefined) this.log.info(`${this.what} are reconciled again`);
      trouble = now;
      await delay(PAUSE_MS, undefined, { signal }).catch(() => undefined);
    }
  }

  /** One round; what is the matter, in words that stay the same while it is. */
  private async round(): Promise<string | undefined> {
    try {
      await this.reconciler.tick();
      return undefined;
    } catch (error) {
      if (isDatabaseUnavailable(error)) return 'PostgreSQL cannot be reached';
      if (error instanceof TemporalUnavailableError) return error.message;
      return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    }
  }
}
