import { Type, type Static } from 'typebox';
import { Colors, SfxConfig } from '../skills/game-config.dto.js';
import { KitId, Text, closed, map } from '../types/scalars.js';

/** A theme's `theme.json`: what its colours, sounds and pictures are when the trigger does not say. */
export const ThemeFile = closed({
  id: KitId,
  title: Text(80),
  description: Text(400),
  colors: Colors,
  /** The sounds that the theme has, described in its `sounds.json`. */
  sfx: SfxConfig,
  assets: map(Type.String({ maxLength: 2048 })),
  animations: map(Type.Unknown()),
});
export type ThemeFile = Static<typeof ThemeFile>;
