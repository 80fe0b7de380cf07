import { RATE, exp2, hertz } from '../dsp/arithmetic.js';
import { StateVariableFilter } from '../dsp/filter.js';
import { random } from '../dsp/random.js';
import { stereo, type Stereo } from '../dsp/stereo.js';
import type { StringInstrument } from './instrument.schema.js';
import { framesOf, softEnd, type Note } from './note.js';

const DAMPED = 0.12;

/**
 * Plays one note on a plucked string: noise that runs round a delay line as long as the wave, a little duller each
 * time (Karplus and Strong, Computer Music Journal 7(2), 1983), tuned by an all-pass filter (Jaffe and Smith, same
 * issue). When the note's time is over a finger damps the string.
 */
export function playString(instrument: StringInstrument, note: Note): Stereo {
  const frequency = hertz(note.midi);
  const period = RATE / frequency - 0.5;
  const line = new Float64Array(Math.max(2, Math.floor(period - 0.1)));
  const rest = period - line.length;
  const allPass = (1 - rest) / (1 + rest);
  // A short string rings shorter than a long one, about as the square root of their ratio.
  const decay = instrument.decay * Math.sqrt(220 / frequency);
  const ring = exp2(-9.97 / (decay * frequency));
  const damp = exp2(-9.97 / (DAMPED * frequency));
  pluck(line, instrument.brightness, note.seed);

  const size = Math.min(framesOf(decay), note.frames + framesOf(DAMPED));
  const sound = stereo(size);
  const body = new StateVariableFilter('band');
  body.tune(instrument.body ?? 200, 0.3);
  let at = 0;
  let previous = 0;
  let passIn = 0;
  let passOut = 0;
  for (let i = 0; i < size; i++) {
    const out = line[at]!;
    const dull = (out + previous) * 0.5 * (i < note.frames ? ring : damp);
    previous = out;
    passOut = allPass * (dull - passOut) + passIn;
    passIn = dull;
    line[at] = passOut;
    if (++at === line.length) at = 0;
    const value = out + body.run(out) * 0.8;
    sound.left[i] = value;
    sound.right[i] = value;
  }
  return softEnd(sound);
}

/** Fills the line with noise that is duller for a softer finger, without an offset, of even loudness. */
function pluck(line: Float64Array, brightness: number, seed: number): void {
  const next = random(seed);
  const smooth = 1 - 0.9 * brightness;
  let value = 0;
  let sum = 0;
  for (let pass = 0; pass < 2; pass++) {
    sum = 0;
    for (let i = 0; i < line.length; i++) {
      const drawn = pass === 0 ? next() * 2 - 1 : line[i]!;
      value += (drawn - value) * (1 - smooth * 0.85);
      line[i] = value;
      sum += value;
    }
  }
  const mean = sum / line.length;
  let most = 0;
  for (let i = 0; i < line.length; i++) most = Math.max(most, Math.abs((line[i]! -= mean)));
  for (let i = 0; i < line.length; i++) line[i]! *= 0.7 / (most || 1);
}
