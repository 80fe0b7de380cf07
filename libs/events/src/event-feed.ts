import { once } from 'node:events';
import { EventListener, repositories, type DataSource, type LogRange } from '@cairn/dao';
import { Follower, type FollowOptions } from './follower.js';
import { LiveLog, type RecentLimits } from './live-log.js';
import type { Log } from './log.js';
import { pause } from './pause.js';

/** Milliseconds, unless said otherwise. */
export interface FeedOptions {
  /** Between two looks at the logs that are followed, should a notification have been lost. */
  readonly lookMs: number;
  /** Between two attempts to reach PostgreSQL. */
  readonly reconnectMs: number;
  /** Events of one query. */
  readonly page: number;
  /** Of each tenant's log. */
  readonly recent: RecentLimits;
}
const OPTIONS: FeedOptions = {
  lookMs: 1_000,
  reconnectMs: 250,
  page: 250,
  recent: { events: 1_000, size: 4_000_000 },
};

/** Called when a tenant's log has grown up to a position. */
export type WakeUp = (tenantId: string, position: number) => void;

/**
 * Tells this process of new events, and lets any number follow them. It has one connection that listens; for each batch
 * of a tenant that is followed here it asks the database once, however many follow.
 */
export class EventFeed {
  private readonly stopping = new AbortController();
  private readonly options: FeedOptions;
  private readonly logs = new Map<string, Promise<LiveLog>>();
  private readonly open = new Map<string, LiveLog>();
  private readonly wakeUps = new Set<WakeUp>();
  private running: Promise<unknown> | undefined;

  constructor(
    private readonly parts: { readonly dataSource: DataSource; readonly log: Log },
    options: Partial<FeedOptions> = {},
  ) {
    this.options = { ...OPTIONS, ...options };
  }

  start(): void {
    this.running ??= Promise.all([this.listen(), this.look()]);
  }

  /** Ends all who follow. */
  async stop(): Promise<void> {
    this.stopping.abort();
    for (const live of this.open.values()) live.wake();
    await this.running;
  }

  /**
   * Calls back whenever a tenant's log has grown, to read on from there: `repositories(…).eventLog.readEvents(tenantId,
   * after, limit)`. A call can be lost with the connection: have a look without one now and then.
   * @returns ends it
   */
  subscribe(wakeUp: WakeUp): () => void {
    this.wakeUps.add(wakeUp);
    return () => this.wakeUps.delete(wakeUp);
  }

  /** Follows a tenant's log; `close()` it when done. @throws what the database throws */
  async follow(tenantId: string, options: FollowOptions = {}): Promise<Follower> {
    const live = await this.acquire(tenantId);
    const { eventLog } = repositories(this.parts.dataSource);
    return new Follower(
      {
        live,
        signal: this.stopping.signal,
        page: this.options.page,
        range: async () => (await eventLog.ranges([tenantId])).get(tenantId),
        read: (after, limit, runId) => eventLog.readEvents(tenantId, after, limit, runId),
        release: () => this.release(tenantId, live),
      },
      options,
    );
  }

  private async acquire(tenantId: string): Promise<LiveLog> {
    for (;;) {
      const opening = this.logs.get(tenantId) ?? this.openLog(tenantId);
      const live = await opening;
      // Let go of, or found to have gone back, since: look again.
      if (this.logs.get(tenantId) !== opening) continue;
      live.followers += 1;
      return live;
    }
  }

  private openLog(tenantId: string): Promise<LiveLog> {
    const opening = repositories(this.parts.dataSource)
      .eventLog.ranges([tenantId])
      .then(ranges => {
        const live = new LiveLog(ranges.get(tenantId) ?? EMPTY, this.options.recent);
        this.open.set(tenantId, live);
        return live;
      });
    this.logs.set(tenantId, opening);
    opening.catch(() => this.logs.delete(tenantId));
    return opening;
  }

  private release(tenantId: string, live: LiveLog): void {
    live.followers -= 1;
    if (live.followers === 0 && this.open.get(tenantId) === live) this.drop(tenantId);
  }

  private drop(tenantId: string): void {
    this.open.delete(tenantId);
    this.logs.delete(tenantId);
  }

  private async listen(): Promise<void> {
    const { signal } = this.stopping;
    let away = false;
    while (!signal.aborted) {
      const lost = new AbortController();
      let listener: EventListener | undefined;
      try {
        listener = await EventListener.open(
          this.parts.dataSource,
          (tenantId, position) => this.hear(tenantId, position),
          error => lost.abort(error),
        );
        if (away) this.parts.log.info({}, 'new events are heard of again');
        away = false;
        await this.lookAtAll();
        const over = AbortSignal.any([signal, lost.signal]);
        if (!over.aborted) await once(over, 'abort');
        lost.signal.throwIfAborted();
      } catch (error) {
        if (!signal.aborted && !away)
          this.parts.log.warn({ error: (error as Error).message }, 'new events are not heard of');
        away = true;
      } finally {
        await listener?.close().catch(() => undefined);
      }
      await pause(this.options.reconnectMs, signal);
    }
  }

  private hear(tenantId: string, position: number): void {
    const live = this.open.get(tenantId);
    if (live) this.advance(tenantId, live, position);
    for (const wakeUp of this.wakeUps) wakeUp(tenantId, position);
  }

  private async look(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      await pause(this.options.lookMs, signal);
      // PostgreSQL is away: the listener says so.
      if (!signal.aborted) await this.lookAtAll().catch(() => undefined);
    }
  }

  /** Asks how far all logs reach that are followed here. */
  private async lookAtAll(): Promise<void> {
    if (this.open.size === 0) return;
    const asked = new Map([...this.open].map(([tenantId, live]) => [tenantId, [live, live.head] as const]));
    const ranges = await repositories(this.parts.dataSource).eventLog.ranges([...asked.keys()]);
    for (const [tenantId, [live, head]] of asked) {
      const { position } = ranges.get(tenantId) ?? EMPTY;
      if (position < head) {
        // Deleted, or brought back from a backup: what was read of it no longer counts.
        live.gone = true;
        if (this.open.get(tenantId) === live) this.drop(tenantId);
        live.wake();
      } else this.advance(tenantId, live, position);
    }
  }

  private advance(tenantId: string, live: LiveLog, position: number): void {
    live.head = Math.max(live.head, position);
    if (live.loaded === live.head) return;
    live.loading ??= this.load(tenantId, live)
      // The next look tries again.
      .catch(() => undefined)
      .finally(() => (live.loading = undefined));
  }

  private async load(tenantId: string, live: LiveLog): Promise<void> {
    const { eventLog } = repositories(this.parts.dataSource);
    while (live.loaded < live.head && !live.gone) {
      const events = await eventLog.readEvents(tenantId, live.loaded, this.options.page);
      if (events.length === 0) return;
      live.add(events);
    }
  }
}

const EMPTY: LogRange = { position: 0, floor: 0 };
