import { RATE } from '../dsp/arithmetic.js';
import type { Stereo } from '../dsp/stereo.js';

/** What an instrument is asked to play. */
export interface Note {
  /** MIDI number; fractions are pitches between the keys. */
  readonly midi: number;
  /** Frames for which it is held; what an instrument adds after them is its release. */
  readonly frames: number;
  /** Seeds the note's noise. */
  readonly seed: number;
}

/** The longest sound of one note with its release, in seconds. */
export const LONGEST_NOTE = 24;

/** Frames in `seconds`, at least one, at most {@link LONGEST_NOTE}. */
export function framesOf(seconds: number): number {
  return Math.max(1, Math.round(Math.min(seconds, LONGEST_NOTE) * RATE));
}

const SOFT_END = 220;

/** Takes the last 5 ms of a sound down to zero, so that cutting it there makes no click. */
export function softEnd(sound: Stereo): Stereo {
  const size = sound.left.length;
  const count = Math.min(SOFT_END, size);
  for (let i = 0; i < count; i++) {
    const gain = i / count;
    sound.left[size - 1 - i]! *= gain;
    sound.right[size - 1 - i]! *= gain;
  }
  return sound;
}
