import { Type, type Static } from 'typebox';

const closed = { additionalProperties: false };
const Level = Type.Number({ minimum: 0, maximum: 2 });
const Seconds = Type.Number({ minimum: 0, maximum: 20 });
const Hertz = Type.Number({ minimum: 10, maximum: 20000 });

export const Envelope = Type.Object(
  { attack: Seconds, decay: Seconds, sustain: Type.Number({ minimum: 0, maximum: 1 }), release: Seconds },
  closed,
);

export const Filter = Type.Object(
  {
    kind: Type.Union([Type.Literal('low'), Type.Literal('band'), Type.Literal('high')]),
    cutoff: Hertz,
    resonance: Type.Optional(Type.Number({ minimum: 0, maximum: 1 })),
    /** Octaves above the cutoff at which a note starts, and the seconds in which it has come down. */
    open: Type.Optional(Type.Number({ minimum: -8, maximum: 8 })),
    close: Type.Optional(Seconds),
  },
  closed,
);

export const Oscillator = Type.Object(
  {
    wave: Type.Union([
      Type.Literal('sine'),
      Type.Literal('triangle'),
      Type.Literal('saw'),
      Type.Literal('square'),
      Type.Literal('noise'),
    ]),
    level: Level,
    semitones: Type.Optional(Type.Number({ minimum: -48, maximum: 48 })),
    /** Half the distance in semitones between two copies, one left and one right; 0 or absent: one copy. */
    spread: Type.Optional(Type.Number({ minimum: 0, maximum: 1 })),
    /** The high part of a square wave. */
    width: Type.Optional(Type.Number({ minimum: 0.05, maximum: 0.95 })),
  },
  closed,
);

/** Waveforms through an envelope and a filter. */
export const SynthInstrument = Type.Object(
  {
    kind: Type.Literal('synth'),
    oscillators: Type.Array(Oscillator, { minItems: 1, maxItems: 6 }),
    envelope: Envelope,
    filter: Type.Optional(Filter),
    vibrato: Type.Optional(
      Type.Object(
        { hertz: Type.Number({ minimum: 0, maximum: 20 }), semitones: Level, delay: Seconds },
        closed,
      ),
    ),
    /** Semitones off its pitch at which a note starts, and the seconds in which it arrives. */
    sweep: Type.Optional(
      Type.Object({ semitones: Type.Number({ minimum: -72, maximum: 72 }), seconds: Seconds }, closed),
    ),
  },
  closed,
);

/** A plucked string: `decay` in seconds at A3, `brightness` 0..1 of the pluck. */
export const StringInstrument = Type.Object(
  {
    kind: Type.Literal('string'),
    decay: Seconds,
    brightness: Type.Number({ minimum: 0, maximum: 1 }),
    body: Type.Optional(Hertz),
  },
  closed,
);

/** A struck bar or bell: partials, each with its own decay in seconds. */
export const BellInstrument = Type.Object(
  {
    kind: Type.Literal('bell'),
    partials: Type.Array(
      Type.Object(
        { ratio: Type.Number({ minimum: 0.1, maximum: 20 }), level: Level, decay: Seconds },
        closed,
      ),
      { minItems: 1, maxItems: 12 },
    ),
    /** Level of the mallet's knock. */
    knock: Type.Optional(Level),
  },
  closed,
);

/** A drum: a falling tone and a burst of filtered noise; the note's pitch is not used. */
export const DrumInstrument = Type.Object(
  {
    kind: Type.Literal('drum'),
    tone: Type.Optional(
      Type.Object({ hertz: Hertz, from: Hertz, fall: Seconds, decay: Seconds, level: Level }, closed),
    ),
    noise: Type.Optional(
      Type.Object(
        {
          kind: Filter.properties.kind,
          hertz: Hertz,
          resonance: Type.Optional(Type.Number({ minimum: 0, maximum: 1 })),
          decay: Seconds,
          level: Level,
          /** How many quick strokes the burst is made of, as in a hand clap. */
          strokes: Type.Optional(Type.Integer({ minimum: 1, maximum: 5 })),
        },
        closed,
      ),
    ),
  },
  closed,
);

export const Instrument = Type.Union([SynthInstrument, StringInstrument, BellInstrument, DrumInstrument]);

export type Envelope = Static<typeof Envelope>;
export type SynthInstrument = Static<typeof SynthInstrument>;
export type StringInstrument = Static<typeof StringInstrument>;
export type BellInstrument = Static<typeof BellInstrument>;
export type DrumInstrument = Static<typeof DrumInstrument>;
export type Instrument = Static<typeof Instrument>;
