import { pageData } from '../browser/page-data.js';
import type { SoundSet } from '../browser/sound.js';

interface AssetRef {
  readonly uri: string;
}

/** The parts of the CampaignManifest that the player lives by. */
export interface Manifest {
  readonly campaign_id: string;
  readonly campaign_name: string;
  readonly assets: {
    readonly intro_video: AssetRef;
    readonly win_video: AssetRef;
    readonly lose_video: AssetRef;
    readonly game_bundle: AssetRef;
  };
  readonly interaction: {
    readonly button: {
      readonly bounds: Bounds;
      readonly mask_polygon?: readonly (readonly number[])[];
      readonly hover_effect?: string;
      readonly click_sound_uri?: string;
    };
  };
  readonly flow: {
    readonly outcome_redirect?: {
      readonly win_url?: string;
      readonly lose_url?: string;
      readonly delay_ms: number;
    };
  };
  readonly rules: Rules;
  readonly analytics: { readonly enabled: boolean; readonly events: readonly string[] };
}

/** Pixels of the intro's frame. */
export interface Bounds {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface Rules {
  readonly active: boolean;
  readonly start_date?: string;
  readonly end_date?: string;
  readonly max_plays_per_user?: number;
}

/** The names of the player's own texts; `player/texts.json` has them in each language. */
export type PlayerTexts = Readonly<
  Record<
    | 'start'
    | 'skip'
    | 'sound_on'
    | 'sound_off'
    | 'play'
    | 'again'
    | 'continue'
    | 'inactive'
    | 'early'
    | 'over'
    | 'limit'
    | 'failed'
    | 'loading'
    | 'video'
    | 'game'
    | 'won'
    | 'lost',
    string
  >
>;

/** What `package_campaign` inlines into the player's page. */
export interface PlayerPage {
  readonly manifest: Manifest;
  readonly theme: string;
  readonly colors: Readonly<Record<string, string>>;
  /** Pictures to show before a video has loaded, where there are any. */
  readonly posters: Partial<Readonly<Record<'intro' | 'win' | 'lose', string>>>;
  readonly texts: PlayerTexts;
  /** The game's sounds, for a game that may not load them itself. */
  readonly sounds: SoundSet;
}

export const readPage = (): PlayerPage => pageData<PlayerPage>();
