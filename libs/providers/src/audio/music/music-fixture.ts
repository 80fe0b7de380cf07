import type { MusicStyle } from './music-style.schema.js';

/** A small piece for tests: every kind of instrument, ties, a chord from outside the key, a fill, a pulse. */
export const fixtureStyle: MusicStyle = {
  description: 'A test',
  tempo: { wish: 120, slowest: 100, fastest: 140 },
  beats: 4,
  steps: 2,
  swing: 0.3,
  scale: { tonic: 'A', steps: [0, 2, 3, 5, 7, 8, 10] },
  transpose: [-1, 0, 1],
  instruments: {
    kick: { kind: 'drum', tone: { hertz: 50, from: 200, fall: 0.1, decay: 0.3, level: 1 } },
    clap: { kind: 'drum', noise: { kind: 'band', hertz: 1500, decay: 0.2, level: 1, strokes: 3 } },
    string: { kind: 'string', decay: 1.5, brightness: 0.5 },
    bell: {
      kind: 'bell',
      partials: [
        { ratio: 1, level: 0.5, decay: 1 },
        { ratio: 2.7, level: 0.2, decay: 0.4 },
      ],
      knock: 0.1,
    },
    lead: {
      kind: 'synth',
      oscillators: [
        { wave: 'saw', level: 0.3, spread: 0.08 },
        { wave: 'square', level: 0.2, width: 0.3 },
        { wave: 'noise', level: 0.02 },
      ],
      envelope: { attack: 0.01, decay: 0.3, sustain: 0.6, release: 0.2 },
      filter: { kind: 'low', cutoff: 1800, resonance: 0.3, open: 2, close: 0.2 },
      vibrato: { hertz: 5, semitones: 0.2, delay: 0.1 },
      sweep: { semitones: -2, seconds: 0.05 },
    },
  },
  tracks: {
    kick: { instrument: 'kick', bars: ['X.x.x.x.'], level: -6 },
    clap: { instrument: 'clap', bars: ['..x...x.'], last: '..x...xx', level: -9, reverb: 0.3, pan: 0.2 },
    bass: { instrument: 'string', bars: ['1-1-5-1-'], range: [36, 55], level: -3, duck: 0.5, hold: 1 },
    chords: { instrument: 'string', bars: ['x---x-x-'], range: [55, 70], level: -9, strum: 0.01, human: 0.5 },
    bells: { instrument: 'bell', bars: ['1.3.5.8.'], range: [72, 96], level: -12, echo: 0.4, pan: -0.4 },
    lead: {
      instrument: 'lead',
      from: 'key',
      phrases: [
        ['1---3-5-', '----8---'],
        ['5-3-1---', '2-3-4-5-'],
      ],
      range: [69, 93],
      level: -9,
      echo: 0.2,
      reverb: 0.2,
    },
  },
  sections: {
    a: { chords: ['Am', 'F G'], tracks: ['kick', 'clap', 'bass', 'chords', 'lead'] },
    b: { chords: ['Dm', 'E'], tracks: ['kick', 'bass', 'bells'] },
  },
  form: ['a', 'b'],
  pulse: { track: 'kick', seconds: 0.15 },
  ending: 'Am',
  echo: { beats: 0.75, feedback: 0.4, bright: 0.5 },
  room: { seconds: 1, bright: 0.5 },
  loudness: -16,
};
