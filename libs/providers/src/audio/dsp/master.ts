import { amplitude } from './arithmetic.js';
import { rms, type Stereo } from './stereo.js';

/** Peaks stay below this; the MP3 coder adds up to 1 dB to them. */
export const CEILING = amplitude(-2);

const BLOCK = 64;
/** Blocks that the limiter looks to each side: 12 ms, so that gain moves slower than any bass note's wave. */
const LOOK = 8;

/** Takes out what lies below 20 Hz, a constant offset above all. `around`: without a seam at the ends. */
export function cutRumble({ left, right }: Stereo, around: boolean): void {
  for (const channel of [left, right]) {
    let low = 0;
    for (let turn = around ? 0 : 1; turn < 2; turn++) {
      for (let i = 0; i < channel.length; i++) {
        low += (channel[i]! - low) * 0.003;
        if (turn === 1) channel[i]! -= low;
      }
    }
  }
}

/** Brings the sound's RMS to `decibels` below full scale; silence stays silence. */
export function bringTo(sound: Stereo, decibels: number): void {
  const now = rms(sound);
  if (now > 0) scale(sound, amplitude(decibels) / now);
}

/** Multiplies both channels. */
export function scale({ left, right }: Stereo, gain: number): void {
  for (let i = 0; i < left.length; i++) {
    left[i]! *= gain;
    right[i]! *= gain;
  }
}

/**
 * Keeps every peak at or below the ceiling by turning the gain down a little before it and up again after it.
 * `around`: what lies past one end is the other end.
 */
export function limit(sound: Stereo, around: boolean): void {
  const { left, right } = sound;
  const size = left.length;
  const blocks = Math.ceil(size / BLOCK);
  const wanted = new Float64Array(blocks).fill(1);
  for (let i = 0; i < size; i++) {
    const most = Math.max(Math.abs(left[i]!), Math.abs(right[i]!));
    const block = (i / BLOCK) | 0;
    if (most * wanted[block]! > CEILING) wanted[block] = CEILING / most;
  }
  const index = (b: number) => (around ? (b + 4 * blocks) % blocks : Math.min(Math.max(b, 0), blocks - 1));
  const over = (list: Float64Array, from: number, to: number, join: (a: number, b: number) => number) =>
    Float64Array.from(list, (_, b) => {
      let value = list[index(b + from)]!;
      for (let n = from + 1; n <= to; n++) value = join(value, list[index(b + n)]!);
      return value;
    });
  const reach = Math.min(LOOK, blocks);
  // The least gain within reach, averaged over half the reach: never above what its own block needs.
  const least = over(wanted, -reach, reach, (a, b) => (a < b ? a : b));
  const half = reach >> 1;
  const gains = over(least, -half, half, (a, b) => a + b).map(g => g / (2 * half + 1));
  for (let i = 0; i < size; i++) {
    // The gain goes in a straight line from one block's middle to the next one's.
    const position = (i + 0.5) / BLOCK - 0.5;
    const b = Math.floor(position);
    const part = position - b;
    const gain = gains[index(b)]! * (1 - part) + gains[index(b + 1)]! * part;
    left[i]! *= gain;
    right[i]! *= gain;
  }
}

/** Lets the sound come in from and go out to silence, in straight lines, over these frames. */
export function fade({ left, right }: Stereo, comeIn: number, goOut: number): void {
  const size = left.length;
  for (let i = 0; i < Math.min(comeIn, size); i++) {
    left[i]! *= i / comeIn;
    right[i]! *= i / comeIn;
  }
  for (let i = 0; i < Math.min(goOut, size); i++) {
    left[size - 1 - i]! *= i / goOut;
    right[size - 1 - i]! *= i / goOut;
  }
}
