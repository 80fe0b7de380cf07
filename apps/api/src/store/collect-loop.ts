import { setTimeout as delay } from 'node:timers/promises';
import { isDatabaseUnavailable } from '@cairn/dao';
import { collect, CollectionRunningError, type StoreParts } from '@cairn/engine';
import type { MeasureCollection } from '@cairn/telemetry';
import type { Logger } from 'pino';

/** What is younger may be about to be used. Milliseconds. */
const GRACE_MS = 3_600_000;

/**
 * Collects for all tenants, again and again. What was removed the collection itself tells, and nothing where there was
 * nothing to do; here only what kept it from doing so.
 */
export class CollectLoop {
  private readonly stopping = new AbortController();
  private running: Promise<void> | undefined;

  /** @param everyMs between the end of one and the begin of the next; the first comes after a tenth of it */
  constructor(
    private readonly parts: Pick<StoreParts, 'dataSource' | 'store'> & { readonly log: Logger },
    private readonly everyMs: number,
    private readonly measure?: MeasureCollection,
  ) {}

  start(): void {
    this.running ??= this.run();
  }

  /** Breaks off what is under way; the next one goes on with it. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await this.running;
  }

  private async run(): Promise<void> {
    const { signal } = this.stopping;
    for (let pause = this.everyMs / 10; ; pause = this.everyMs) {
      await delay(pause, undefined, { signal }).catch(() => undefined);
      if (signal.aborted) return;
      await this.round(signal);
    }
  }

  private async round(signal: AbortSignal): Promise<void> {
    const began = performance.now();
    try {
      await collect(this.parts, { graceMs: GRACE_MS, signal });
      this.measure?.((performance.now() - began) / 1_000);
    } catch (error) {
      // Another process is at it, or this one ends.
      if (error instanceof CollectionRunningError || signal.aborted) return;
      const why = isDatabaseUnavailable(error) ? 'PostgreSQL cannot be reached' : (error as Error).message;
      this.parts.log.warn({ error: why }, 'the store could not be collected');
    }
  }
}
