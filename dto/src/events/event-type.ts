import type { TProperties } from 'typebox';
import { closed } from '../types/scalars.js';

/** What events of a type say, and when they are written. */
export interface EventType<P extends TProperties = TProperties> {
  /** JSON Schema of `data`. */
  readonly schema: ReturnType<typeof closed<P>>;
  /** One sentence. */
  readonly says: string;
}

/** A type of event. @param data the fields of its `data`; more may come with later versions */
export function eventType<P extends TProperties>(says: string, data: P): EventType<P> {
  return { says, schema: closed(data, { description: says }) };
}
