import { RATE, exp2, fastSine, hertz } from '../dsp/arithmetic.js';
import { StateVariableFilter } from '../dsp/filter.js';
import { waveform, type Wave } from '../dsp/oscillator.js';
import { random } from '../dsp/random.js';
import { panned, stereo, type Stereo } from '../dsp/stereo.js';
import { EnvelopeGenerator } from './envelope.js';
import type { SynthInstrument } from './instrument.schema.js';
import { framesOf, softEnd, type Note } from './note.js';

/** Pitch and cutoff move once in so many frames. */
const CONTROL = 16;

interface Voice {
  readonly wave: Wave;
  readonly width: number;
  readonly ratio: number;
  readonly left: number;
  readonly right: number;
  phase: number;
}

/** One voice for each oscillator, two for one that is spread. Each starts where its wave crosses zero. */
function voices(instrument: SynthInstrument): Voice[] {
  return instrument.oscillators.flatMap(o => {
    const spread = o.spread ?? 0;
    const semitones = o.semitones ?? 0;
    const sides = spread === 0 ? [0] : [-1, 1];
    return sides.map(side => {
      const [left, right] = panned(side * 0.7);
      const level = o.level / Math.sqrt(sides.length);
      const start = o.wave === 'triangle' ? 0.25 : o.wave === 'saw' ? 0.5 : 0;
      return {
        wave: o.wave,
        width: o.width ?? 0.5,
        ratio: exp2((semitones + side * spread) / 12),
        left: left * level,
        right: right * level,
        phase: side === 1 ? (start + 0.31) % 1 : start,
      };
    });
  });
}

/** Plays one note on waveforms through an envelope and a filter. */
export function playSynth(instrument: SynthInstrument, note: Note): Stereo {
  const { envelope, filter, vibrato, sweep } = instrument;
  const size = note.frames + framesOf(envelope.release);
  const sound = stereo(size);
  const all = voices(instrument);
  const noise = random(note.seed);
  const gain = new EnvelopeGenerator(envelope, note.frames);
  const filters = filter
    ? [new StateVariableFilter(filter.kind), new StateVariableFilter(filter.kind)]
    : undefined;
  const base = hertz(note.midi) / RATE;
  const controlFall = (seconds: number) =>
    exp2(Math.max(-60, -9.97 * (CONTROL / RATE / Math.max(seconds, 1e-4))));
  const closing = controlFall(filter?.close ?? 0);
  const arriving = controlFall(sweep?.seconds ?? 0);
  let open = filter?.open ?? 0;
  let off = sweep?.semitones ?? 0;
  let pitch = base;
  for (let i = 0; i < size; i++) {
    if (i % CONTROL === 0) {
      let semitones = off;
      off *= arriving;
      if (vibrato) {
        const since = i / RATE - vibrato.delay;
        if (since > 0)
          semitones += fastSine(since * vibrato.hertz) * vibrato.semitones * Math.min(1, since * 4);
      }
      pitch = semitones === 0 ? base : base * exp2(semitones / 12);
      if (filter && filters) {
        const cutoff = filter.cutoff * exp2(open);
        open *= closing;
        for (const one of filters) one.tune(cutoff, filter.resonance ?? 0);
      }
    }
    let left = 0;
    let right = 0;
    for (const voice of all) {
      const step = Math.min(pitch * voice.ratio, 0.45);
      const value = waveform(voice.wave, voice.phase, step, voice.width, noise);
      left += value * voice.left;
      right += value * voice.right;
      voice.phase += step;
      if (voice.phase >= 1) voice.phase -= 1;
    }
    const level = gain.next();
    sound.left[i] = (filters ? filters[0]!.run(left) : left) * level;
    sound.right[i] = (filters ? filters[1]!.run(right) : right) * level;
  }
  return softEnd(sound);
}
