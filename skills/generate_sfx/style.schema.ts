import { Type } from '@cairn/skill-kit';

/**
 * A theme's `sounds.json`. Of its fields only the description is for everybody; the others are the built-in
 * provider's sounds, which it checks itself (libs/providers/src/audio/effects/sound-style.schema.ts).
 */
export const SoundStyle = Type.Object(
  {
    /** What the sounds are like, in words; a remote provider's prompt. */
    description: Type.String({ minLength: 1, maxLength: 400 }),
  },
  { additionalProperties: true },
);
