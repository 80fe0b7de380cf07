import type { events } from '@cairn/dto';

/** Whose it is, and what it is about. */
interface Subject {
  tenantId: string;
  runId?: string;
  stepId?: string;
  /** With it, an event of a type is recorded once for the step, however often it is reported. */
  attempt?: number;
}

/** The caller keeps what it gives. */
type Given<T> = T extends readonly (infer I)[]
  ? readonly Given<I>[]
  : T extends object
    ? { readonly [K in keyof T]: Given<T[K]> }
    : T;

/** `data` may be left out where nothing in it is required. */
type Data<T extends events.EventTypeName> =
  Record<never, never> extends events.EventData<T>
    ? { data?: Given<events.EventData<T>> }
    : { data: Given<events.EventData<T>> };

/** Something that happened. The types of events and what each carries are one registry, `EVENT_TYPES`. */
export type NewEvent<T extends events.EventTypeName = events.EventTypeName> = {
  [K in T]: Subject & { type: K } & Data<K>;
}[T];
