import { Type, type Static } from 'typebox';
import { Instrument } from '../instruments/instrument.schema.js';

const closed = { additionalProperties: false };
const Unit = Type.Number({ minimum: 0, maximum: 1 });

export const Layer = Type.Object(
  {
    instrument: Type.String(),
    /** Each: seconds from the start, MIDI note, seconds held, and loudness. */
    notes: Type.Array(
      Type.Tuple([
        Type.Number({ minimum: 0, maximum: 10 }),
        Type.Number({ minimum: 0, maximum: 127 }),
        Type.Number({ minimum: 0.001, maximum: 10 }),
        Unit,
      ]),
      { minItems: 1, maxItems: 128 },
    ),
    /** Decibels. */
    level: Type.Number({ minimum: -60, maximum: 12 }),
    pan: Type.Optional(Type.Number({ minimum: -1, maximum: 1 })),
    reverb: Type.Optional(Unit),
  },
  closed,
);

export const Sound = Type.Object(
  {
    seconds: Type.Number({ minimum: 0.02, maximum: 10 }),
    layers: Type.Array(Layer, { minItems: 1, maxItems: 16 }),
    /** Peak in decibels below full scale. */
    peak: Type.Number({ minimum: -40, maximum: -2 }),
  },
  closed,
);

/** A theme's `sounds.json`. */
export const SoundStyle = Type.Object(
  {
    description: Type.String({ minLength: 1, maxLength: 400 }),
    instruments: Type.Record(Type.String(), Instrument),
    sounds: Type.Record(Type.String(), Sound),
    room: Type.Object({ seconds: Type.Number({ minimum: 0.1, maximum: 8 }), bright: Unit }, closed),
  },
  closed,
);

export type Sound = Static<typeof Sound>;
export type SoundStyle = Static<typeof SoundStyle>;
