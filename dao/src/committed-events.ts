import type { DataSource } from 'typeorm';
import type { NewEvent } from './repositories/new-event.js';

type Hears = (events: readonly NewEvent[]) => void;

const listeners = new WeakMap<DataSource, Set<Hears>>();

/**
 * Tells of the events that this process writes over a data source, once they are committed. An attempt that repeats
 * what it has said before is told again; whoever needs each event exactly once follows the log.
 *
 * @param hears must not throw
 * @returns ends it
 */
export function onCommittedEvents(dataSource: DataSource, hears: Hears): () => void {
  const all = listeners.get(dataSource) ?? new Set();
  listeners.set(dataSource, all.add(hears));
  return () => void all.delete(hears);
}

/** For those who write events: after the commit. */
export function tellCommitted(dataSource: DataSource, events: readonly NewEvent[]): void {
  if (events.length > 0) for (const hears of listeners.get(dataSource) ?? []) hears(events);
}
