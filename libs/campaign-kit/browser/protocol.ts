/**
 * What a game and the page around it say to each other by postMessage. The game lives in a sandboxed frame of
 * an opaque origin, so neither side can name the other's origin: each checks the sending window instead, and
 * nothing secret is ever said.
 *
 * ready: the game is drawn and waits. start: it may begin, its clock too. outcome: it is over, its own
 * result has been shown.
 */
export type GameMessage =
  | { readonly type: 'cairn:ready' }
  | { readonly type: 'cairn:outcome'; readonly outcome: Outcome; readonly prize: string };

export interface StartMessage {
  readonly type: 'cairn:start';
  readonly muted: boolean;
  /** The person came by keyboard: focus is shown. */
  readonly keys: boolean;
}

export type Outcome = 'won' | 'lost';

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;

/** The message of a game, or undefined when it is anything else. */
export function asGameMessage(data: unknown): GameMessage | undefined {
  if (!isRecord(data)) return undefined;
  if (data.type === 'cairn:ready') return { type: 'cairn:ready' };
  if (data.type === 'cairn:outcome' && (data.outcome === 'won' || data.outcome === 'lost'))
    return {
      type: 'cairn:outcome',
      outcome: data.outcome,
      prize: typeof data.prize === 'string' ? data.prize : '',
    };
  return undefined;
}

/** The message that starts a game, or undefined when it is anything else. */
export function asStartMessage(data: unknown): StartMessage | undefined {
  if (!isRecord(data) || data.type !== 'cairn:start') return undefined;
  return { type: 'cairn:start', muted: data.muted === true, keys: data.keys === true };
}
