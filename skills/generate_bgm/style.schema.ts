import { Type } from '@cairn/skill-kit';

/**
 * A theme's `music.json`. Of its fields only the description is for everybody; the others are the built-in
 * provider's score, which it checks itself (libs/providers/src/audio/music/music-style.schema.ts).
 */
export const MusicStyle = Type.Object(
  {
    /** What the music is like, in words; a remote provider's prompt. */
    description: Type.String({ minLength: 1, maxLength: 400 }),
  },
  { additionalProperties: true },
);
