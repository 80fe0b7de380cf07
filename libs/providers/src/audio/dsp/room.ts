import { exp2, RATE } from './arithmetic.js';
import { stereo, type Stereo } from './stereo.js';

/** Frames of the delay lines: primes between 25 and 60 ms, so that their echoes do not fall together. */
const LINES = [1117, 1327, 1511, 1693, 1913, 2129, 2347, 2593];
const PREDELAY = 700;

/**
 * The sound of a room: eight delay lines that feed each other through a Hadamard matrix (J.-M. Jot's feedback
 * delay network). With `around`, as heard when `dry` is played without end.
 * @param seconds in which it falls by 60 dB. @param bright 0..1: how much of the treble lives on.
 */
export function room(
  dry: Stereo,
  { seconds, bright, around }: { seconds: number; bright: number; around: boolean },
): Stereo {
  const size = dry.left.length;
  const wet = stereo(size);
  const lines = LINES.map(length => new Float64Array(length));
  const gains = LINES.map(length => exp2((-9.97 * length) / (seconds * RATE)));
  const at = LINES.map(() => 0);
  const low = LINES.map(() => 0);
  const x = new Float64Array(8);
  const dull = 0.2 + 0.75 * bright;
  const turns = around ? Math.max(1, Math.ceil((seconds * RATE) / Math.max(size, 1))) : 0;
  for (let turn = 0; turn <= turns; turn++) {
    for (let i = 0; i < size; i++) {
      for (let n = 0; n < 8; n++) {
        const out = lines[n]![at[n]!]!;
        low[n]! += (out - low[n]!) * dull;
        x[n] = low[n]! * gains[n]!;
      }
      wet.left[i] = (x[0]! - x[2]! + x[4]! - x[6]!) * 0.5;
      wet.right[i] = (x[1]! - x[3]! + x[5]! - x[7]!) * 0.5;
      hadamard(x);
      const from = i - PREDELAY;
      const source = from >= 0 ? from : around ? ((from % size) + size) % size : -1;
      const left = source < 0 ? 0 : dry.left[source]! * 0.5;
      const right = source < 0 ? 0 : dry.right[source]! * 0.5;
      for (let n = 0; n < 8; n++) {
        const position = at[n]!;
        lines[n]![position] = x[n]! + (n % 2 === 0 ? left : right);
        at[n] = position + 1 === LINES[n]! ? 0 : position + 1;
      }
    }
  }
  return wet;
}

/** Multiplies by the orthonormal 8×8 Hadamard matrix, in place: energy stays as it is. */
function hadamard(x: Float64Array): void {
  for (let half = 1; half < 8; half *= 2) {
    for (let i = 0; i < 8; i += 2 * half) {
      for (let j = i; j < i + half; j++) {
        const a = x[j]!;
        const b = x[j + half]!;
        x[j] = a + b;
        x[j + half] = a - b;
      }
    }
  }
  for (let i = 0; i < 8; i++) x[i]! *= 0.35355339059327373;
}
