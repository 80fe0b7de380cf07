import { EventRepository } from './event.repository.js';
import type { NewEvent } from './new-event.js';

/** The events of one transaction. They are written together, by one statement, right before it commits. */
export class PendingEvents extends EventRepository {
  private pending: readonly NewEvent[] = [];
  /** What was written so far; it is true once the transaction has committed. */
  written: readonly NewEvent[] = [];

  override append(events: readonly NewEvent[]): Promise<void> {
    this.pending = [...this.pending, ...events];
    return Promise.resolve();
  }

  /** Writes them, in the order in which they were appended. */
  async write(): Promise<void> {
    const events = this.pending;
    this.pending = [];
    if (events.length > 0) await super.append(events);
    this.written = [...this.written, ...events];
  }
}
