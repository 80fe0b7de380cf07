import { RATE, fall, fastSine, hertz } from '../dsp/arithmetic.js';
import { random } from '../dsp/random.js';
import { stereo, type Stereo } from '../dsp/stereo.js';
import type { BellInstrument } from './instrument.schema.js';
import { framesOf, softEnd, type Note } from './note.js';

const KNOCK = 0.012;

/** Plays one note on a struck bar or bell; it rings on after the note, as they do. */
export function playBell(instrument: BellInstrument, note: Note): Stereo {
  const frequency = hertz(note.midi);
  const longest = Math.max(...instrument.partials.map(p => p.decay));
  const sound = stereo(framesOf(longest));
  instrument.partials.forEach((partial, n) => {
    const step = (frequency * partial.ratio) / RATE;
    if (step > 0.45) return;
    const decay = fall(partial.decay);
    const side = n === 0 ? 0 : n % 2 === 0 ? -0.3 : 0.3;
    const count = framesOf(partial.decay);
    let level = partial.level;
    for (let i = 0; i < count; i++) {
      // A rise of 1 ms, or the strike clicks.
      const value = fastSine(i * step) * level * (i < 44 ? i / 44 : 1);
      sound.left[i]! += value * (1 - side);
      sound.right[i]! += value * (1 + side);
      level *= decay;
    }
  });
  if (instrument.knock) knock(sound, instrument.knock, note.seed);
  return softEnd(sound);
}

function knock(sound: Stereo, level: number, seed: number): void {
  const next = random(seed);
  const decay = fall(KNOCK);
  const count = Math.min(framesOf(KNOCK), sound.left.length);
  let dull = 0;
  for (let i = 0; i < count; i++) {
    dull += (next() * 2 - 1 - dull) * 0.5;
    sound.left[i]! += dull * level;
    sound.right[i]! += dull * level;
    level *= decay;
  }
}
