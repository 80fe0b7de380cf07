/**
 * Arithmetic that gives the same bits on every CPU and JavaScript engine. Math.sin, Math.exp and Math.pow may
 * differ in the last bit between engines, so bytes that are content-addressed must not depend on them; additions
 * and multiplications of IEEE 754 doubles do not differ.
 */

/** Frames per second of everything that is made here. */
export const RATE = 44100;

const TABLE_SIZE = 4096;
const LN2 = 0.6931471805599453;
const HALF_PI = 1.5707963267948966;

/** Sine of a quarter turn or less, `x` in radians: the Taylor series to x^15, exact to about 1e-12. */
function quarterSine(x: number): number {
  const y = x * x;
  let sum = 1;
  for (let n = 14; n >= 2; n -= 2) sum = 1 - (y * sum) / (n * (n + 1));
  return x * sum;
}

/** Sine of `turns` full turns (1 is 360 degrees); any finite number. */
export function sine(turns: number): number {
  const t = (turns - Math.floor(turns)) * 4;
  const quarter = Math.floor(t);
  const part = t - quarter;
  const within = quarter % 2 === 0 ? part : 1 - part;
  return (quarter < 2 ? 1 : -1) * quarterSine(within * HALF_PI);
}

const table = Float64Array.from({ length: TABLE_SIZE + 1 }, (_, i) => sine(i / TABLE_SIZE));

/** As {@link sine}, from a table with linear interpolation (error below 4e-7): for use once a frame. */
export function fastSine(turns: number): number {
  const at = (turns - Math.floor(turns)) * TABLE_SIZE;
  const index = at | 0;
  const low = table[index]!;
  return low + (table[index + 1]! - low) * (at - index);
}

/** Two to the power of `x`, for |x| up to about 1000. */
export function exp2(x: number): number {
  const whole = Math.floor(x);
  const y = (x - whole) * LN2;
  let sum = 1;
  for (let n = 18; n >= 1; n--) sum = 1 + (y * sum) / n;
  for (let i = 0; i < whole; i++) sum *= 2;
  for (let i = 0; i > whole; i--) sum *= 0.5;
  return sum;
}

/** Tangent of `turns` full turns, for 0 <= turns < 0.25. */
export function tangent(turns: number): number {
  return sine(turns) / sine(turns + 0.25);
}

/** The frequency in Hz of a MIDI note number, fractions allowed; 69 is 440 Hz. */
export function hertz(midi: number): number {
  return 440 * exp2((midi - 69) / 12);
}

/** The amplitude of a level in decibels; 0 dB is 1. */
export function amplitude(decibels: number): number {
  return exp2(decibels / 6.020599913279624);
}

/** The factor per frame with which a level falls by 60 dB within `seconds`. */
export function fall(seconds: number): number {
  return seconds <= 0 ? 0 : exp2(-9.965784284662087 / (seconds * RATE));
}
