import { pageData } from '../../../browser/page-data.js';
import type { SoundSet } from '../../../browser/sound.js';

/** One prize as the mechanics list it. */
export interface Prize {
  readonly label: string;
  readonly win: boolean;
  /** How likely among the prizes of its kind; 1 when absent. */
  readonly weight: number;
}

/** The short texts of the game itself, in the campaign's language. */
export interface GameTexts {
  readonly spin: string;
  readonly again: string;
  readonly time_left: string;
  readonly sound_on: string;
  readonly sound_off: string;
  readonly wheel: string;
  readonly won: string;
  readonly lost: string;
}

/** Everything the game obeys, with nothing left open. Times in milliseconds. */
export interface GameSettings extends SoundSet {
  readonly theme: string;
  readonly colours: Readonly<Record<string, string>>;
  readonly title: string;
  readonly instructions: string;
  readonly winMessage: string;
  readonly loseMessage: string;
  readonly winProbability: number;
  readonly durationMs: number;
  readonly spinMs: number;
  readonly prizes: readonly Prize[];
  readonly texts: GameTexts;
}

/** What `bundle_game_template` inlines: the GameConfig, where its sounds are, and the game's own texts. */
interface GamePage {
  readonly config: {
    readonly settings: {
      readonly duration_sec: number;
      readonly difficulty: { readonly win_probability: number };
    };
    readonly visuals: { readonly theme: string; readonly colors: Readonly<Record<string, string>> };
    readonly audio: {
      readonly bgm: { readonly enabled: boolean; readonly loop: boolean };
    };
    readonly mechanics: Readonly<Record<string, unknown>>;
    readonly copy: {
      readonly title: string;
      readonly instructions: string;
      readonly win_message: string;
      readonly lose_message: string;
    };
  };
  readonly sounds: { readonly music?: string; readonly effects: Readonly<Record<string, string>> };
  readonly texts: GameTexts;
}

const DEFAULT_SPIN_MS = 5200;

/** Prizes of any shape made safe: an unusable list falls back to one star against one blank. */
export function readPrizes(value: unknown): Prize[] {
  const prizes: Prize[] = [];
  for (const item of Array.isArray(value) ? (value as unknown[]) : []) {
    if (typeof item !== 'object' || item === null) continue;
    const { label, win, weight } = item as Record<string, unknown>;
    if (typeof label !== 'string') continue;
    prizes.push({ label, win: win === true, weight: typeof weight === 'number' && weight > 0 ? weight : 1 });
  }
  if (prizes.length > 0) return prizes;
  return [
    { label: '', win: true, weight: 1 },
    { label: '', win: false, weight: 1 },
  ];
}

/** Reads the page's inlined document. */
export function readSettings(): GameSettings {
  const { config, sounds, texts } = pageData<GamePage>();
  const { bgm } = config.audio;
  const spin = config.mechanics.spin_duration_ms;
  return {
    theme: config.visuals.theme,
    colours: config.visuals.colors,
    title: config.copy.title,
    instructions: config.copy.instructions,
    winMessage: config.copy.win_message,
    loseMessage: config.copy.lose_message,
    winProbability: config.settings.difficulty.win_probability,
    durationMs: config.settings.duration_sec * 1000,
    spinMs: typeof spin === 'number' && spin > 0 ? spin : DEFAULT_SPIN_MS,
    prizes: readPrizes(config.mechanics.prizes),
    music: sounds.music !== undefined && bgm.enabled ? { src: sounds.music, loop: bgm.loop } : undefined,
    effects: sounds.effects,
    texts,
  };
}
