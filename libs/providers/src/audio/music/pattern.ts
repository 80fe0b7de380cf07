import { RATE } from '../dsp/arithmetic.js';
import { random } from '../dsp/random.js';
import type { Meter } from './bars.js';
import { degreeAbove, intoRange, pitchClass, voicing, type Chord } from './harmony.js';
import type { MusicStyle, Track } from './music-style.schema.js';

/** A note of a piece. */
export interface Played {
  /** Frames: where it begins, where the pattern has it begin, and for how long it is held. */
  readonly at: number;
  readonly step: number;
  frames: number;
  /** MIDI number; 60 for a drum. */
  readonly midi: number;
  /** 0..1 */
  readonly velocity: number;
}

const DEGREES = '123456789abc';
const VELOCITY: Readonly<Record<string, number>> = { X: 1, x: 0.8, o: 0.45 };
const UNEVEN_SECONDS = 0.012;
const DEFAULT_RANGE = [48, 72] as const;

interface BarOf {
  readonly style: MusicStyle;
  readonly track: Track;
  readonly meter: Meter;
  readonly bar: number;
  readonly pattern: string;
  readonly chords: readonly Chord[];
  readonly transpose: number;
  readonly seed: number;
}

/** The frame of a step of the piece, swing included. */
function frameOf({ style, meter }: BarOf, step: number): number {
  const late = step % 2 === 1 ? (style.swing ?? 0) / 3 : 0;
  return Math.round(((step + late) * meter.frames) / (meter.beats * style.steps));
}

/** The notes that one character of a pattern stands for. */
function pitches({ style, track, transpose }: BarOf, character: string, over: Chord): number[] {
  const range = track.range ?? DEFAULT_RANGE;
  const degree = DEGREES.indexOf(character) + 1;
  if (degree === 0) {
    if (style.instruments[track.instrument]!.kind === 'drum') return [60];
    return voicing(over, range).map(midi => midi + transpose);
  }
  const tonic = pitchClass(style.scale.tonic);
  const { steps } = style.scale;
  if (track.from === 'key') {
    const octave = Math.floor((degree - 1) / steps.length);
    return [lowest(tonic, range[0]) + steps[(degree - 1) % steps.length]! + 12 * octave + transpose];
  }
  // A low part plays the bass that the symbol names: C/E has E below.
  const root = degree === 1 && range[1] <= 55 ? over.bass : over.root;
  const scale = steps.map(s => (tonic + s) % 12);
  return [intoRange(lowest(root, range[0]) + degreeAbove(over, scale, degree), range) + transpose];
}

/** The lowest MIDI note of a pitch class that is not below `low`. */
function lowest(pitch: number, low: number): number {
  return pitch + 12 * Math.ceil((low - pitch) / 12);
}

/** Adds the notes of one bar of a track. A `-` at its start prolongs what sounded at the end of the bar before. */
export function notesOfBar(played: Played[], of: BarOf): void {
  const { style, track, meter, bar, pattern, chords } = of;
  const steps = style.beats * style.steps;
  const next = random(of.seed);
  const human = track.human ?? 0;
  const total = meter.beats * style.steps;
  const before = played.at(-1)?.step;
  let sounding = played.slice(-8).filter(note => note.step === before);
  for (let s = 0; s < steps; s++) {
    const step = bar * steps + s;
    if (step >= total) break;
    const character = pattern.charAt(s) || '.';
    const end = frameOf(of, step + 1);
    if (character === '-') {
      for (const note of sounding) note.frames = hold(track, end - note.step);
      continue;
    }
    sounding = [];
    if (character === '.') continue;
    const start = frameOf(of, step);
    const over = chords[Math.floor((s * chords.length) / steps)]!;
    const late = Math.round(human * next() * UNEVEN_SECONDS * RATE);
    const loud = (VELOCITY[character] ?? 0.8) * (1 - human * 0.2 * next());
    pitches(of, character, over).forEach((midi, string) => {
      const strum = Math.round((track.strum ?? 0) * RATE) * string;
      const at = Math.min(start + late + strum, meter.frames - 1);
      const note = { at, step: start, frames: hold(track, end - start), midi, velocity: loud };
      played.push(note);
      sounding.push(note);
    });
  }
}

function hold(track: Track, frames: number): number {
  return Math.max(1, Math.round(frames * (track.hold ?? 0.92)));
}
