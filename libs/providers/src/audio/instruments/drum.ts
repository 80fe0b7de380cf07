import { RATE, fall, fastSine } from '../dsp/arithmetic.js';
import { StateVariableFilter } from '../dsp/filter.js';
import { random } from '../dsp/random.js';
import { stereo, type Stereo } from '../dsp/stereo.js';
import type { DrumInstrument } from './instrument.schema.js';
import { framesOf, softEnd, type Note } from './note.js';

const BETWEEN_STROKES = 0.011;

/** Plays one stroke of a drum. */
export function playDrum({ tone, noise }: DrumInstrument, note: Note): Stereo {
  const strokes = noise?.strokes ?? 1;
  const tail = (strokes - 1) * BETWEEN_STROKES;
  const sound = stereo(framesOf(Math.max(tone?.decay ?? 0, (noise?.decay ?? 0) + tail)));
  if (tone) addTone(sound, tone);
  if (noise) {
    const filters = [new StateVariableFilter(noise.kind), new StateVariableFilter(noise.kind)] as const;
    for (const filter of filters) filter.tune(noise.hertz, noise.resonance ?? 0);
    const next = random(note.seed);
    const every = framesOf(BETWEEN_STROKES);
    const last = fall(noise.decay);
    const short = fall(BETWEEN_STROKES * 2);
    let level = noise.level;
    for (let i = 0; i < sound.left.length; i++) {
      const stroke = Math.floor(i / every);
      if (i > 0 && i % every === 0 && stroke < strokes) level = noise.level;
      // Mostly one noise for both sides, and a little of its own for each.
      const middle = next() * 2 - 1;
      const side = (next() * 2 - 1) * 0.4;
      sound.left[i]! += filters[0].run(middle + side) * level;
      sound.right[i]! += filters[1].run(middle - side) * level;
      level *= stroke < strokes - 1 ? short : last;
    }
  }
  return softEnd(sound);
}

function addTone(sound: Stereo, tone: NonNullable<DrumInstrument['tone']>): void {
  const falling = fall(tone.fall);
  const decay = fall(tone.decay);
  const count = framesOf(tone.decay);
  let above = tone.from - tone.hertz;
  let level = tone.level;
  let phase = 0;
  for (let i = 0; i < count; i++) {
    const value = fastSine(phase) * level;
    sound.left[i]! += value;
    sound.right[i]! += value;
    phase += (tone.hertz + above) / RATE;
    above *= falling;
    level *= decay;
  }
}
