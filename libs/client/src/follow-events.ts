import { createParser, type EventSourceMessage } from 'eventsource-parser';
import { CairnApiError, errorOf, unreachable } from './api-error.js';
import type { Event } from './generated/openapi.js';
import { pause } from './pause.js';

/** What to follow, and from where. */
export interface FollowEventsOptions {
  /** Follows this run, from its beginning unless told otherwise, until it has ended. */
  readonly runId?: string;
  /** The position of the last event that was seen; 0 for all that there are. From now on when absent, without a run. */
  readonly after?: number;
  /** Only these types; `run.*` stands for all about runs. */
  readonly types?: readonly string[];
  /** For how long the API may say nothing, in ms, before it is given up; for ever unless given. */
  readonly patienceMs?: number;
  readonly signal?: AbortSignal;
}

/** The log no longer has what follows the place where the follower was; it goes on with the oldest that it has. */
export interface EventReset {
  readonly requested: number;
  readonly oldest: number;
  readonly latest: number;
}

/** An event, or that some were missed: what was read from events before no longer holds then. */
export type FollowedEvent =
  { readonly kind: 'event'; readonly event: Event } | { readonly kind: 'reset'; readonly reset: EventReset };

/** Between two connections: the first, and the longest. Milliseconds. */
const RETRY_MS = [100, 5_000] as const;
/** A stream says something every 15 seconds; one that is silent for longer than this is dead. Milliseconds. */
const SILENT_MS = 40_000;
const ENDS: ReadonlySet<string> = new Set(['run.completed', 'run.failed', 'run.cancelled']);

/**
 * Follows events: each once, in order. When the connection is lost it goes on where it was, as often as it takes.
 * A run's events end with the run, others never.
 *
 * @throws CairnApiError when the API refuses, e.g. because there is no such run, or is away for longer than the patience; the signal's reason when it aborts
 */
export async function* followEvents(
  baseUrl: string,
  fetch: typeof globalThis.fetch,
  { runId, after, types = [], patienceMs = Infinity, signal }: FollowEventsOptions,
): AsyncGenerator<FollowedEvent, void, undefined> {
  const url = new URL(`${baseUrl}/v1/${runId === undefined ? '' : `runs/${runId}/`}events`);
  if (types.length > 0) url.searchParams.set('type', types.join(','));
  let position = after;
  let wait: number = RETRY_MS[0];
  let heardAt = performance.now();
  for (;;) {
    try {
      const messages = await connect(url, fetch, position, signal);
      if (!messages) return;
      for await (const message of messages) {
        wait = RETRY_MS[0];
        heardAt = performance.now();
        if (message.kind === 'position') {
          position = Math.max(position ?? 0, message.position);
          continue;
        }
        if (message.kind === 'reset') position = message.reset.oldest - 1;
        else if (message.event.position <= (position ?? 0)) continue;
        else ({ position } = message.event);
        yield message;
        if (runId !== undefined && message.kind === 'event' && endsRun(message.event, runId)) return;
      }
    } catch (error) {
      signal?.throwIfAborted();
      const again =
        error instanceof CairnApiError ? error.retryable || error.status === 429 : isLostConnection(error);
      if (!again || performance.now() - heardAt > patienceMs) throw error;
    }
    // Not all at once, when an API with many followers comes back.
    await pause(wait * (0.5 + Math.random() / 2), signal);
    wait = Math.min(RETRY_MS[1], wait * 2);
  }
}

type Message = FollowedEvent | { readonly kind: 'position'; readonly position: number };

const endsRun = ({ type, runid }: Event, runId: string) => runid === runId && ENDS.has(type);
/** What `fetch` and its streams throw when the connection breaks, and our own silence; told by name across realms. */
const isLostConnection = (error: unknown) =>
  ['TypeError', 'TimeoutError'].includes((error as { name?: string } | undefined)?.name ?? '');

/** @returns undefined when nothing will follow */
async function connect(
  url: URL,
  fetch: typeof globalThis.fetch,
  position: number | undefined,
  signal: AbortSignal | undefined,
): Promise<AsyncGenerator<Message, void, undefined> | undefined> {
  const silence = new Silence();
  const headers = {
    accept: 'text/event-stream',
    ...(position !== undefined && { 'last-event-id': String(position) }),
  };
  const either = signal ? AbortSignal.any([signal, silence.signal]) : silence.signal;
  try {
    silence.begin();
    const response = await fetch(url, { signal: either, headers }).catch((error: unknown) => {
      throw unreachable(url.origin, error, signal);
    });
    if (response.status === 204) return undefined;
    if (response.ok && response.body) return read(response.body, silence);
    throw errorOf(response.status, await response.json().catch(() => undefined));
  } finally {
    silence.end();
  }
}

/** Aborts what says nothing for too long. */
class Silence {
  private readonly controller = new AbortController();
  private timer: NodeJS.Timeout | undefined;

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  begin(): void {
    this.timer = setTimeout(
      () => this.controller.abort(new DOMException('The stream is silent', 'TimeoutError')),
      SILENT_MS,
    );
  }

  end(): void {
    clearTimeout(this.timer);
  }
}

async function* read(
  body: ReadableStream<Uint8Array>,
  silence: Silence,
): AsyncGenerator<Message, void, undefined> {
  let messages: Message[] = [];
  const parser = createParser({
    onEvent: message => messages.push(toMessage(message)),
    onComment: comment => {
      const [, position] = /^position (\d+)$/.exec(comment) ?? [];
      if (position !== undefined) messages.push({ kind: 'position', position: Number(position) });
    },
  });
  const decoder = new TextDecoder();
  try {
    silence.begin();
    for await (const chunk of body) {
      // The reader may take its time with what it was given: that is no silence.
      silence.end();
      parser.feed(decoder.decode(chunk, { stream: true }));
      const complete = messages;
      messages = [];
      yield* complete;
      silence.begin();
    }
  } finally {
    silence.end();
  }
}

function toMessage({ event, data }: EventSourceMessage): Message {
  const value: unknown = JSON.parse(data);
  return event === 'reset'
    ? { kind: 'reset', reset: value as EventReset }
    : { kind: 'event', event: value as Event };
}
