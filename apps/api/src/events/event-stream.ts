import type { ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { isDatabaseUnavailable } from '@cairn/dao';
import type { FollowedItem, Follower, LogEntry } from '@cairn/events';
import type { ApiRequest } from '../http/request.js';

/** Milliseconds. */
export interface StreamTimes {
  /** So often the key is looked at again, and a stream without anything to say says how far it is. */
  readonly quiet: number;
  /** So long may a follower not read what it was sent. */
  readonly stalled: number;
  /** After this long a stream ends, and the follower comes again: so streams spread over processes that were added. */
  readonly longest: number;
}
export const STREAM_TIMES: StreamTimes = { quiet: 15_000, stalled: 30_000, longest: 1_800_000 };

/** What of a log is for this stream. */
export interface Shown {
  /** Whether an event is the last one. */
  readonly isLast: (entry: LogEntry) => boolean;
  readonly isWanted: (entry: LogEntry) => boolean;
}

/** Between two tries while PostgreSQL is away. Milliseconds. */
const RETRY_MS = 500;
/** How soon a follower that was cut off should come again. Milliseconds. */
const RECONNECT_MS = 1_000;
/** How long what has been sent may take to arrive once the stream has ended. Milliseconds. */
const LINGER_MS = 5_000;
/** The most that is handed over at a time, in UTF-16 code units. */
const PORTION = 65_536;

/** An event as a message of a stream. */
const frame = ({ event: { position, type }, json }: LogEntry) =>
  `id: ${position}\nevent: ${type}\ndata: ${json}\n\n`;

/**
 * Tells how far the follower is, though there is nothing for it: so it resumes from there. A browser takes the lone
 * `id`; parsers that hand on messages only have the comment.
 */
const whereabouts = (position: number) => `: position ${position}\nid: ${position}\n\n`;

/**
 * Answers with what a follower gets, as server-sent events, until it leaves, does not read, its key
 * is not taken any more, or all is told.
 *
 * @returns when the answer has ended
 * @throws what the follower throws; but not while PostgreSQL is away, which is sat out
 */
export async function sendEvents(
  request: Pick<ApiRequest, 'method' | 'stillAdmitted'>,
  response: ServerResponse,
  follower: Follower,
  shown: Shown,
  times: StreamTimes = STREAM_TIMES,
): Promise<void> {
  response.writeHead(200, {
    'Content-Type': 'text/event-stream; charset=utf-8',
    'Cache-Control': 'no-store, no-transform',
    // What stands between must hand on each message as it comes.
    'X-Accel-Buffering': 'no',
    Vary: 'Accept',
  });
  const leave = () => follower.close();
  if (request.method === 'HEAD') {
    leave();
    response.end();
    return;
  }
  response.once('close', leave);
  if (response.destroyed) leave();
  const longest = setTimeout(leave, times.longest);
  let stalled = false;
  let waiting = false;
  const write = async (text: string) => {
    if (!stalled && !response.destroyed && !response.write(text))
      stalled = !(await drained(response, times.stalled));
  };
  const quiet = setInterval(() => {
    // While the database is away nobody is told anything either.
    request.stillAdmitted?.().then(
      admitted => admitted || leave(),
      () => undefined,
    );
    // What it has been given, and was not sent yet, must not be passed over.
    if (waiting && !response.writableNeedDrain) response.write(whereabouts(follower.position));
  }, times.quiet);
  response.write(`retry: ${RECONNECT_MS}\n\n${whereabouts(follower.position)}`);
  try {
    for (;;) {
      waiting = true;
      const item = await patiently(follower);
      waiting = false;
      if (!item) break;
      if (item.kind === 'reset') {
        const { reset } = item;
        await write(`id: ${reset.oldest - 1}\nevent: reset\ndata: ${JSON.stringify(reset)}\n\n`);
      } else if (await sendPortions(item.entries, write, shown)) break;
      if (stalled) break;
    }
  } finally {
    clearInterval(quiet);
    clearTimeout(longest);
    follower.close();
    response.end(stalled ? ': you do not read; come again with Last-Event-ID\n\n' : undefined);
    const cut = setTimeout(() => response.destroy(), LINGER_MS);
    response.once('close', () => clearTimeout(cut));
  }
}

/** @returns whether the last one was among them */
async function sendPortions(
  entries: readonly LogEntry[],
  write: (text: string) => Promise<void>,
  { isLast, isWanted }: Shown,
): Promise<boolean> {
  let text = '';
  for (const entry of entries) {
    const wanted = isWanted(entry);
    if (wanted) text += frame(entry);
    if (isLast(entry)) {
      await write(wanted ? text : text + whereabouts(entry.event.position));
      return true;
    }
    if (text.length > PORTION) {
      await write(text);
      text = '';
    }
  }
  if (text) await write(text);
  return false;
}

/** Waits until what was written has gone out, or nothing more will. @returns whether in time */
function drained(response: ServerResponse, ms: number): Promise<boolean> {
  return new Promise(resolve => {
    const settle = (inTime: boolean) => {
      clearTimeout(timer);
      response.off('drain', gone).off('close', gone);
      resolve(inTime);
    };
    const gone = () => settle(true);
    const timer = setTimeout(() => settle(false), ms);
    response.once('drain', gone).once('close', gone);
  });
}

async function patiently(follower: Follower): Promise<FollowedItem | undefined> {
  for (;;)
    try {
      return await follower.next();
    } catch (error) {
      if (!isDatabaseUnavailable(error)) throw error;
      await delay(RETRY_MS);
    }
}
