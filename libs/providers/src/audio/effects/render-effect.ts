import { RATE, amplitude } from '../dsp/arithmetic.js';
import { cutRumble, fade, scale } from '../dsp/master.js';
import { derive } from '../dsp/random.js';
import { room } from '../dsp/room.js';
import { addAt, panned, peak, stereo, type Stereo } from '../dsp/stereo.js';
import { play } from '../instruments/play.js';
import type { SoundStyle } from './sound-style.schema.js';

const END_SECONDS = 0.02;

/** Plays one of the sounds of a style, at exactly its length, its peak where the style has it. */
export function renderEffect(style: SoundStyle, name: string, seed: number): Stereo {
  const sound = style.sounds[name]!;
  const frames = Math.round(sound.seconds * RATE);
  const mix = stereo(frames);
  const toRoom = stereo(frames);
  sound.layers.forEach((layer, l) => {
    const [left, right] = panned(layer.pan ?? 0);
    layer.notes.forEach(([at, midi, held, loudness], n) => {
      const one = play(style.instruments[layer.instrument]!, {
        midi,
        frames: Math.round(held * RATE),
        seed: derive(seed, `${name} ${l} ${n}`),
      });
      const placed = {
        left: one.left.map(x => x * left * Math.SQRT2),
        right: one.right.map(x => x * right * Math.SQRT2),
      };
      const gain = amplitude(layer.level) * loudness;
      const start = Math.min(Math.round(at * RATE), frames - 1);
      addAt(mix, placed, start, one.left.length, gain, false);
      addAt(toRoom, placed, start, one.left.length, gain * (layer.reverb ?? 0), false);
    });
  });
  addAt(mix, room(toRoom, { ...style.room, around: false }), 0, frames, 1, false);
  cutRumble(mix, false);
  fade(mix, 0, Math.round(Math.min(END_SECONDS * RATE, frames / 4)));
  const most = peak(mix);
  if (most > 0) scale(mix, amplitude(sound.peak) / most);
  return mix;
}
