import { Type } from '@cairn/skill-kit';

/** A theme's `sounds.json`. */
export const SoundStyle = Type.Unknown();
