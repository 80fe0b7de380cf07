import type { LogRange, LoggedEvent } from '@cairn/dao';
import { toEntry, type LiveLog, type LogEntry } from './live-log.js';

/** What to follow. */
export interface FollowOptions {
  /**
   * The position after which to begin, 0 for the first event that there ever was; `oldest` for whatever is kept; from now
   * on when absent.
   */
  readonly after?: number | 'oldest';
  /** Only events of this run. */
  readonly runId?: string;
  /** Only these types; one that ends in `.` stands for all that begin so. */
  readonly types?: readonly string[];
}

/** Why a follower cannot go on where it was; it goes on with the oldest event that is kept. */
export interface Reset {
  readonly requested: number;
  readonly oldest: number;
  readonly latest: number;
}

export type FollowedItem =
  | { readonly kind: 'events'; readonly entries: readonly LogEntry[] }
  | { readonly kind: 'reset'; readonly reset: Reset };

/** Whether a type is one of some, of which `run.*` stands for all about runs, and `*`, or none, for all. */
export const isOfTypes = (type: string, types: readonly string[]): boolean =>
  types.length === 0 ||
  types.some(one => (one.endsWith('*') ? type.startsWith(one.slice(0, -1)) : type === one));

/** What a follower stands on. */
interface FollowerParts {
  readonly live: LiveLog;
  /** Aborted when the process lets go of its followers. */
  readonly signal: AbortSignal;
  /** Events at a time. */
  readonly page: number;
  readonly read: (after: number, limit: number, runId: string | undefined) => Promise<LoggedEvent[]>;
  /** How far the log reaches by now; undefined when there is none. */
  readonly range: () => Promise<LogRange | undefined>;
  readonly release: () => void;
}

/**
 * One who follows a log: asks for more when it has dealt with what it got, so one that is slow costs no memory. It
 * gets each event once, in order, from the database until it has caught up, then from what all share.
 */
export class Follower {
  private cursor: number | undefined;
  private closed = false;
  private wake: () => void = () => undefined;

  constructor(
    private readonly parts: FollowerParts,
    private readonly options: FollowOptions,
  ) {
    if (options.after === undefined) this.cursor = parts.live.head;
  }

  /** Up to where it has seen the log, what it does not want included: it can be resumed from here. */
  get position(): number {
    return this.cursor ?? (Number(this.options.after) || 0);
  }

  /**
   * What comes next; waits for it.
   * @returns undefined when it is over: it was closed, the process ends, or the log is gone
   * @throws what the database throws; it may then be asked again
   */
  async next(): Promise<FollowedItem | undefined> {
    const { live, signal } = this.parts;
    for (;;) {
      if (this.closed || signal.aborted || live.gone) return undefined;
      if (this.cursor === undefined) {
        const reset = await this.begin(this.options.after);
        if (reset) return { kind: 'reset', reset };
        continue;
      }
      const recent = live.after(this.cursor, this.parts.page);
      if (recent?.length === 0) {
        await this.change();
        continue;
      }
      const entries = recent ?? (await this.fromDatabase(this.cursor));
      if (!Array.isArray(entries)) return { kind: 'reset', reset: entries };
      this.cursor = Math.max(this.cursor, entries.at(-1)?.event.position ?? 0);
      const wanted = entries.filter(({ event }) => this.wants(event));
      if (wanted.length > 0) return { kind: 'events', entries: wanted };
    }
  }

  /** Ends it, also while it waits. */
  close(): void {
    if (this.closed) return;
    this.closed = true;
    this.wake();
    this.parts.release();
  }

  /** Stands after a position if the log has what follows; else at the oldest that it has. */
  private async begin(requested: number | 'oldest' = 'oldest'): Promise<Reset | undefined> {
    const { position, floor } = (await this.parts.range()) ?? { position: 0, floor: 0 };
    this.cursor = floor;
    if (requested === 'oldest') return undefined;
    if (requested >= floor && requested <= position) {
      this.cursor = requested;
      return undefined;
    }
    return { requested, oldest: floor + 1, latest: position };
  }

  /** The next of the log; or, when they were deleted, from where on there are some. */
  private async fromDatabase(after: number): Promise<LogEntry[] | Reset> {
    const { live, page, read } = this.parts;
    const { head } = live;
    const { runId } = this.options;
    const events = await read(after, page, runId);
    if (runId !== undefined) {
      // All of the run up to the head as it was before the question.
      if (events.length < page) this.cursor = Math.max(head, after);
      return events.map(toEntry);
    }
    const oldest = events[0]?.position ?? head + 1;
    if (oldest === after + 1) return events.map(toEntry);
    this.cursor = oldest - 1;
    return { requested: after, oldest, latest: Math.max(head, events.at(-1)?.position ?? 0) };
  }

  private wants({ type, runId }: LoggedEvent): boolean {
    const { types = [], runId: wanted = runId } = this.options;
    return runId === wanted && isOfTypes(type, types);
  }

  private async change(): Promise<void> {
    await new Promise<void>(resolve => {
      this.wake = resolve;
      void this.parts.live.next().then(resolve);
    });
  }
}
