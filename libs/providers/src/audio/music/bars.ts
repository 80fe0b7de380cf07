import type { MusicStyle } from './music-style.schema.js';

/** How a piece lies on its time: the tempo is bent a little so that whole bars fill it to the frame. */
export interface Meter {
  readonly frames: number;
  readonly beats: number;
  readonly bars: number;
  readonly tempo: number;
}

/**
 * Fits a piece to `frames` frames: to a multiple of four bars where a tempo between the slowest and the fastest
 * allows it, else of two, else of one, else to whole beats. The last bar may then be short.
 */
export function fit(style: Pick<MusicStyle, 'tempo' | 'beats'>, frames: number, rate: number): Meter {
  const minutes = frames / rate / 60;
  const wished = style.tempo.wish * minutes;
  for (const unit of [4 * style.beats, 2 * style.beats, style.beats, 1]) {
    const beats = Math.max(1, Math.round(wished / unit)) * unit;
    const tempo = beats / minutes;
    if (unit > 1 && (tempo < style.tempo.slowest || tempo > style.tempo.fastest)) continue;
    return { frames, beats, bars: Math.ceil(beats / style.beats), tempo };
  }
  throw new RangeError('No whole number of beats');
}
