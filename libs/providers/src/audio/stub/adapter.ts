import { TerminalError, type Adapter, type GeneratedAudio } from '@cairn/skill-kit';
import { RATE } from '../dsp/arithmetic.js';
import { musicStyle, soundStyle } from './check-style.js';
import type { SynthJob } from './synth.thread.js';

/** The longest piece of music, in seconds. */
const LONGEST = 600;

function inRange(name: string, value: number, low: number, high: number): void {
  if (!(value >= low && value <= high))
    throw new TerminalError('VALIDATION_ERROR', `${name} is ${value}; it must be from ${low} to ${high}`);
}

/**
 * The built-in audio provider: composes music and effects from the theme's description and plays them itself, in
 * a thread of its own. Deterministic, needs no network and no key.
 *
 * Music has exactly `durationSec` seconds, rounded to a frame. A volume of 0 is silence.
 * @throws TerminalError VALIDATION_ERROR for a style, a length or a volume out of its bounds.
 */
export const stubAudio: Adapter<'audio'> = {
  port: 'audio',
  id: 'stub',
  module: import.meta.url,
  create: host => {
    const run = (job: SynthJob) =>
      host.thread<GeneratedAudio>(new URL('./synth.thread.js', import.meta.url), job);
    return {
      async music({ style, durationSec, format, volume, loop, seed }) {
        inRange('durationSec', durationSec, 0.1, LONGEST);
        inRange('volume', volume, 0, 1);
        const frames = Math.round(durationSec * RATE);
        return run({ kind: 'music', style: musicStyle(style), frames, format, volume, loop, seed });
      },
      async effect({ style, name, format, volume, seed }) {
        inRange('volume', volume, 0, 1);
        return run({ kind: 'effect', style: soundStyle(style, name), name, format, volume, seed });
      },
    };
  },
};
