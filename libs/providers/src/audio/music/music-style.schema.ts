import { Type, type Static } from 'typebox';
import { Instrument } from '../instruments/instrument.schema.js';

const closed = { additionalProperties: false };
const Unit = Type.Number({ minimum: 0, maximum: 1 });

/**
 * One bar, a character for each step.
 *
 * `.` rest · `-` the note before goes on · `1` to `9`, `a` (10) to `c` (12): that step of the scale, counted from
 * the chord's root (1 3 5 8 are its tones) or from the key's · `x`, `X`, `o`: a stroke or the whole chord, normal, loud or soft.
 */
const Bar = Type.String({ pattern: '^[-.1-9abcxXo]{1,64}$' });

export const Track = Type.Object(
  {
    instrument: Type.String(),
    /** Bars that follow each other, again from the first when a section is longer. */
    bars: Type.Optional(Type.Array(Bar, { minItems: 1, maxItems: 32 })),
    /** In place of `bars`: phrases of which the seed takes one for a section, e.g. melodies that fit each other. */
    phrases: Type.Optional(
      Type.Array(Type.Array(Bar, { minItems: 1, maxItems: 32 }), { minItems: 1, maxItems: 32 }),
    ),
    /** In place of the bar in the first or the last bar of a section, e.g. a crash or a fill. */
    first: Type.Optional(Bar),
    last: Type.Optional(Bar),
    /** The lowest and highest MIDI note; notes are moved by octaves until they are in it. At least an octave. */
    range: Type.Optional(
      Type.Tuple([Type.Integer({ minimum: 12, maximum: 120 }), Type.Integer({ minimum: 24, maximum: 127 })]),
    ),
    /** What degrees count from: each bar's chord (the default), or the key, for a written melody. */
    from: Type.Optional(Type.Union([Type.Literal('chord'), Type.Literal('key')])),
    /** Decibels. */
    level: Type.Number({ minimum: -60, maximum: 12 }),
    /** -1 left to 1 right. */
    pan: Type.Optional(Type.Number({ minimum: -1, maximum: 1 })),
    echo: Type.Optional(Unit),
    reverb: Type.Optional(Unit),
    /** How far each stroke of the track that is the pulse pushes this one down. */
    duck: Type.Optional(Unit),
    /** The part of a note's time for which it is held. */
    hold: Type.Optional(Type.Number({ minimum: 0.05, maximum: 1 })),
    /** Seconds between the strings of a strummed chord. */
    strum: Type.Optional(Type.Number({ minimum: 0, maximum: 0.1 })),
    /** How unevenly a person plays: 0 a machine, 1 up to 12 ms and a fifth of the loudness. */
    human: Type.Optional(Unit),
  },
  closed,
);

export const Section = Type.Object(
  {
    /** One entry for each bar, e.g. `Am`, `Fmaj7`, `C/E`; several, parted by spaces, share the bar. */
    chords: Type.Array(Type.String({ minLength: 1, maxLength: 40 }), { minItems: 1, maxItems: 32 }),
    tracks: Type.Array(Type.String(), { minItems: 1, maxItems: 32 }),
  },
  closed,
);

/** A theme's `music.json`: all that the built-in provider needs to compose and play a piece. */
export const MusicStyle = Type.Object(
  {
    /** What the music is like, in words. */
    description: Type.String({ minLength: 1, maxLength: 400 }),
    /** Beats a minute: the wished, the slowest and the fastest; a piece is fitted to its length within them. */
    tempo: Type.Object(
      {
        wish: Type.Number({ minimum: 30, maximum: 300 }),
        slowest: Type.Number({ minimum: 20 }),
        fastest: Type.Number({ maximum: 400 }),
      },
      closed,
    ),
    beats: Type.Integer({ minimum: 2, maximum: 7 }),
    /** Steps of a pattern in a beat. */
    steps: Type.Integer({ minimum: 1, maximum: 8 }),
    /** How late every second step comes: 0 straight, 1 as triplets. */
    swing: Type.Optional(Unit),
    scale: Type.Object(
      {
        tonic: Type.String({ pattern: '^[A-G][#b]?$' }),
        /** Semitones above the tonic. */
        steps: Type.Array(Type.Integer({ minimum: 0, maximum: 11 }), { minItems: 5, maxItems: 12 }),
      },
      closed,
    ),
    /** Semitones by which the seed may move the whole piece. */
    transpose: Type.Optional(
      Type.Array(Type.Integer({ minimum: -6, maximum: 6 }), { minItems: 1, maxItems: 13 }),
    ),
    instruments: Type.Record(Type.String(), Instrument),
    tracks: Type.Record(Type.String(), Track),
    sections: Type.Record(Type.String(), Section),
    /** Names of sections in their order; again from the first when the piece is longer. */
    form: Type.Array(Type.String(), { minItems: 1, maxItems: 32 }),
    /** The track that pushes others down (see duck), and how fast they come back. */
    pulse: Type.Optional(
      Type.Object({ track: Type.String(), seconds: Type.Number({ minimum: 0.02, maximum: 1 }) }, closed),
    ),
    /** The chord on which a piece that does not loop comes to rest. */
    ending: Type.String({ minLength: 1, maxLength: 10 }),
    echo: Type.Object(
      {
        beats: Type.Number({ minimum: 0.125, maximum: 4 }),
        feedback: Type.Number({ minimum: 0, maximum: 0.8 }),
        bright: Unit,
      },
      closed,
    ),
    room: Type.Object({ seconds: Type.Number({ minimum: 0.1, maximum: 8 }), bright: Unit }, closed),
    /** RMS in decibels below full scale that the finished piece is brought to. */
    loudness: Type.Number({ minimum: -40, maximum: -10 }),
  },
  closed,
);

export type Track = Static<typeof Track>;
export type Section = Static<typeof Section>;
export type MusicStyle = Static<typeof MusicStyle>;
