import { RATE } from '../dsp/arithmetic.js';
import type { Stereo } from '../dsp/stereo.js';

const HEADER = 44;

/** The sound as a RIFF WAVE file: 44100 Hz, two channels, 16-bit integers. Values beyond -1..1 are clipped. */
export function wav({ left, right }: Stereo): Uint8Array {
  const size = left.length * 4;
  const bytes = new Uint8Array(HEADER + size);
  const view = new DataView(bytes.buffer);
  const text = (at: number, value: string) => {
    for (let i = 0; i < value.length; i++) bytes[at + i] = value.charCodeAt(i);
  };
  text(0, 'RIFF');
  view.setUint32(4, HEADER - 8 + size, true);
  text(8, 'WAVEfmt ');
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true);
  view.setUint16(22, 2, true);
  view.setUint32(24, RATE, true);
  view.setUint32(28, RATE * 4, true);
  view.setUint16(32, 4, true);
  view.setUint16(34, 16, true);
  text(36, 'data');
  view.setUint32(40, size, true);
  for (let i = 0; i < left.length; i++) {
    view.setInt16(HEADER + i * 4, sample(left[i]!), true);
    view.setInt16(HEADER + i * 4 + 2, sample(right[i]!), true);
  }
  return bytes;
}

function sample(value: number): number {
  return Math.max(-32768, Math.min(32767, Math.round(value * 32767)));
}
