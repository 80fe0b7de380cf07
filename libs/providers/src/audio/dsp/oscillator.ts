import { fastSine } from './arithmetic.js';
import type { Random } from './random.js';

export type Wave = 'sine' | 'triangle' | 'saw' | 'square' | 'noise';

/**
 * The correction that takes the aliasing out of a step of height 2 in a waveform: a polynomial over the frame
 * before and after (polyBLEP; Välimäki and Huovilainen, IEEE Signal Processing Magazine 24(2), 2007).
 */
function smoothStep(phase: number, step: number): number {
  if (phase < step) {
    const t = phase / step;
    return t + t - t * t - 1;
  }
  if (phase > 1 - step) {
    const t = (phase - 1) / step;
    return t * t + t + t + 1;
  }
  return 0;
}

/** One frame of a waveform. @param phase 0..1. @param step phase per frame. @param width of the square's high part. */
export function waveform(wave: Wave, phase: number, step: number, width: number, noise: Random): number {
  switch (wave) {
    case 'sine':
      return fastSine(phase);
    case 'triangle':
      return phase < 0.5 ? 4 * phase - 1 : 3 - 4 * phase;
    case 'saw':
      return 2 * phase - 1 - smoothStep(phase, step);
    case 'square': {
      const shifted = phase < width ? phase - width + 1 : phase - width;
      // The mean of an uneven pulse is taken out: it would be a constant offset.
      return (phase < width ? 1 : -1) + smoothStep(phase, step) - smoothStep(shifted, step) - (2 * width - 1);
    }
    case 'noise':
      return noise() * 2 - 1;
  }
}
