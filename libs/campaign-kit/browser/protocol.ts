/**
 * What a game and the page around it say to each other by postMessage. The game lives in a sandboxed frame of
 * an opaque origin, so neither side can name the other's origin: each checks the sending window instead, and
 * nothing secret is ever said.
 *
 * ready: the game is drawn and waits. start: it may begin, its clock too. outcome: it is over, its own
 * result has been shown. sound: over `file://` a sandboxed frame may load no file beside it, so the game lets the
 * page around it play; everywhere it says when its sound is switched on or off.
 */
export type GameMessage = { readonly type: 'cairn:ready' } | OutcomeMessage | SoundMessage;

export interface OutcomeMessage {
  readonly type: 'cairn:outcome';
  readonly outcome: Outcome;
  readonly prize: string;
}

export interface SoundMessage {
  readonly type: 'cairn:sound';
  readonly action: 'start' | 'stop' | 'mute' | 'unmute' | 'play';
  /** Of `play`: which effect. */
  readonly effect: string;
  /** Of `play`: 0..1. */
  readonly strength: number;
}

export interface StartMessage {
  readonly type: 'cairn:start';
  readonly muted: boolean;
  /** The person came by keyboard: focus is shown. */
  readonly keys: boolean;
}

export type Outcome = 'won' | 'lost';

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;

const ACTIONS: readonly unknown[] = [
  'start',
  'stop',
  'mute',
  'unmute',
  'play',
] satisfies SoundMessage['action'][];

/** The message of a game, or undefined when it is anything else. */
export function asGameMessage(data: unknown): GameMessage | undefined {
  if (!isRecord(data)) return undefined;
  const text = (value: unknown) => (typeof value === 'string' ? value : '');
  if (data.type === 'cairn:ready') return { type: 'cairn:ready' };
  if (data.type === 'cairn:outcome' && (data.outcome === 'won' || data.outcome === 'lost'))
    return { type: 'cairn:outcome', outcome: data.outcome, prize: text(data.prize) };
  if (data.type === 'cairn:sound' && ACTIONS.includes(data.action))
    return {
      type: 'cairn:sound',
      action: data.action as SoundMessage['action'],
      effect: text(data.effect),
      strength: typeof data.strength === 'number' ? Math.min(1, Math.max(0, data.strength)) : 1,
    };
  return undefined;
}

/** The message that starts a game, or undefined when it is anything else. */
export function asStartMessage(data: unknown): StartMessage | undefined {
  if (!isRecord(data) || data.type !== 'cairn:start') return undefined;
  return { type: 'cairn:start', muted: data.muted === true, keys: data.keys === true };
}
