import type { LogRange, LoggedEvent } from '@cairn/dao';
import { toEnvelope } from './envelope.js';

/** An event with its envelope as JSON text, which is made once for all who follow. */
export interface LogEntry {
  readonly event: LoggedEvent;
  readonly json: string;
}

export const toEntry = (event: LoggedEvent): LogEntry => ({
  event,
  json: JSON.stringify(toEnvelope(event)),
});

/** How much of the end of a log is kept in memory for those who are nearly there. */
export interface RecentLimits {
  readonly events: number;
  /** Of their JSON, in UTF-16 code units. */
  readonly size: number;
}

/** The end of one tenant's log in this process, as all who follow it there share it. */
export class LiveLog {
  /** How far the log is known to reach. */
  head: number;
  /** The log has gone back or away: whoever follows it must begin anew. */
  gone = false;
  followers = 0;
  loading: Promise<void> | undefined;
  /** Without a gap, the last of them at `loaded`. */
  private recent: LogEntry[] = [];
  private size = 0;
  private loadedTo: number;
  private changed: () => void = () => undefined;
  private change: Promise<void>;

  constructor(
    { position }: LogRange,
    private readonly limits: RecentLimits,
  ) {
    this.head = position;
    this.loadedTo = position;
    this.change = new Promise(resolve => (this.changed = resolve));
  }

  /** Up to where events are here, or were. */
  get loaded(): number {
    return this.loadedTo;
  }

  /** Takes what comes after `loaded`, oldest first, and wakes who waits. */
  add(events: readonly LoggedEvent[]): void {
    for (const event of events) {
      // Some were deleted before they were read here.
      if (event.position !== this.loadedTo + 1) this.forget();
      const entry = toEntry(event);
      this.recent.push(entry);
      this.size += entry.json.length;
      this.loadedTo = event.position;
    }
    let drop = 0;
    while (
      drop < this.recent.length &&
      (this.recent.length - drop > this.limits.events || this.size > this.limits.size)
    )
      this.size -= this.recent[drop++]!.json.length;
    if (drop > 0) this.recent.splice(0, drop);
    this.wake();
  }

  private forget(): void {
    this.recent = [];
    this.size = 0;
  }

  /** What comes after a position, if all of it up to `loaded` is here; `limit` at most. */
  after(position: number, limit: number): LogEntry[] | undefined {
    const first = this.recent[0]?.event.position ?? this.loadedTo + 1;
    const index = position + 1 - first;
    return index < 0 ? undefined : this.recent.slice(index, index + limit);
  }

  /** Resolves at the next change. */
  next(): Promise<void> {
    return this.change;
  }

  wake(): void {
    const wake = this.changed;
    this.change = new Promise(resolve => (this.changed = resolve));
    wake();
  }
}
