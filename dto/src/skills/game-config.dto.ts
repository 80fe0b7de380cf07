import { Type, type Static } from 'typebox';
import {
  Colour,
  KitId,
  Locale,
  Probability,
  Text,
  Version,
  Volume,
  closed,
  map,
  oneOf,
} from '../types/scalars.js';

export const DifficultyLevel = oneOf('easy', 'medium', 'hard');
export type DifficultyLevel = Static<typeof DifficultyLevel>;

/** The four colours of a campaign. */
export const Colors = closed({ primary: Colour, secondary: Colour, accent: Colour, background: Colour });
export type Colors = Static<typeof Colors>;

/** The four texts of a game; each is drawn, in any script. */
export const Copy = closed({
  title: Text(280),
  instructions: Text(280),
  win_message: Text(280),
  lose_message: Text(280),
});
export type Copy = Static<typeof Copy>;

/** Seconds that a game lasts. */
export const DurationSec = Type.Number({ exclusiveMinimum: 0, maximum: 300 });

/** Template-specific settings; the template's own schema says which. */
export const Mechanics = map(Type.Unknown(), { maxProperties: 64 });
export type Mechanics = Static<typeof Mechanics>;

export const BgmConfig = closed({ enabled: Type.Boolean(), volume: Volume, loop: Type.Boolean() });
export type BgmConfig = Static<typeof BgmConfig>;

/** Sound effects by name, e.g. `win`. */
export const SfxConfig = map(closed({ volume: Volume }), { maxProperties: 32 });
export type SfxConfig = Static<typeof SfxConfig>;

/** All that a game is made from: the artifact `json/game-config`, and `game_config.json` in the bundle. */
export const GameConfig = closed({
  template_id: KitId,
  version: Version,
  settings: closed({
    duration_sec: DurationSec,
    difficulty: closed({
      level: DifficultyLevel,
      win_probability: Probability,
      parameters: map(Type.Number()),
    }),
    locale: Locale,
  }),
  visuals: closed({
    theme: KitId,
    colors: Colors,
    assets: map(Type.String({ maxLength: 2048 })),
    animations: map(Type.Unknown()),
  }),
  audio: closed({ bgm: BgmConfig, sfx: SfxConfig }),
  mechanics: Mechanics,
  copy: Copy,
});
export type GameConfig = Static<typeof GameConfig>;
