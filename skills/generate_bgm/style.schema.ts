import { Type } from '@cairn/skill-kit';

/** A theme's `music.json`. */
export const MusicStyle = Type.Unknown();
