import { Type } from '@cairn/skill-kit';

/** A theme's `scene.json`. */
export const Scene = Type.Unknown();
