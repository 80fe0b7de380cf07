import { events } from '@cairn/dto';

/** What a webhook gets that is told nothing else: how things come out, and what waits for somebody. */
export const OUTCOMES: readonly string[] = [
  ...['run.completed', 'run.failed', 'run.cancelled'],
  ...['gate.opened', 'webhook.disabled'],
];

/** Whether there are events that a filter lets through: a type, `subject.*`, or `*`. */
export function isKnownType(filter: string): boolean {
  const types = Object.keys(events.EVENT_TYPES);
  return filter.endsWith('*')
    ? types.some(type => type.startsWith(filter.slice(0, -1)))
    : types.includes(filter);
}
