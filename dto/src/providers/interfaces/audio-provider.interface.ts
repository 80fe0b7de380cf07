import { Type, type Static } from 'typebox';
import { closed, oneOf } from '../../types/scalars.js';

export const AudioFormat = oneOf('wav', 'mp3');
export type AudioFormat = Static<typeof AudioFormat>;

/** What an audio provider says of a sound that it made. */
export const AudioGenerationResult = closed({
  /** The file's name relative to the package's root, e.g. `audio/bgm.mp3`. */
  uri: Type.String({ format: 'asset-uri', maxLength: 2048 }),
  metadata: closed({
    /** `stub` for the built-in provider, `litellm` for the real one. */
    providerId: Type.String({ minLength: 1, maxLength: 64 }),
    model: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
    durationSec: Type.Number({ minimum: 0 }),
    format: AudioFormat,
    sampleRate: Type.Literal(44100),
    channels: Type.Literal(2),
  }),
});
export type AudioGenerationResult = Static<typeof AudioGenerationResult>;
