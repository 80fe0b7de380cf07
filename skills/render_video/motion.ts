/**
 * Numbers for movement that are the same on every processor and V8: Math.sin, cos, exp and pow are not (they differ in
 * the last bits), so only + − × ÷, Math.imul and Math.sqrt, which IEEE 754 defines to the bit, are used here.
 */

/** Rounds to 1/10000, so that no rounding noise of an earlier step shows in a picture; never minus zero. */
export function quantise(value: number): number {
  return Math.round(value * 10_000) / 10_000 + 0;
}

/** Limits a value to [low, high]. */
export function clamp(value: number, low = 0, high = 1): number {
  return value < low ? low : value > high ? high : value;
}

/** From a to b. */
export function lerp(a: number, b: number, t: number): number {
  return a + (b - a) * t;
}

/** How far `time` is between two moments, 0 to 1. */
export function between(time: number, start: number, end: number): number {
  return end > start ? clamp((time - start) / (end - start)) : time >= end ? 1 : 0;
}

/** Sine of a part of a full turn (0.25 is a quarter); the Taylor polynomial on an eighth, error below 1e-8. */
export function sine(turn: number): number {
  let x = turn - Math.floor(turn);
  const sign = x >= 0.5 ? -1 : 1;
  if (x >= 0.5) x -= 0.5;
  if (x > 0.25) x = 0.5 - x;
  const r = x * 6.283185307179586;
  const s = r * r;
  const value = r * (1 - (s / 6) * (1 - (s / 20) * (1 - (s / 42) * (1 - (s / 72) * (1 - s / 110)))));
  return quantise(sign * value);
}

/** Cosine of a part of a full turn. */
export function cosine(turn: number): number {
  return sine(turn + 0.25);
}

export function easeOut(t: number): number {
  const u = 1 - clamp(t);
  return 1 - u * u * u;
}

export function easeIn(t: number): number {
  const u = clamp(t);
  return u * u * u;
}

export function easeInOut(t: number): number {
  const u = clamp(t);
  return u * u * (3 - 2 * u);
}

/** Goes about a tenth beyond its end and comes back. */
export function easeOutBack(t: number, overshoot = 1.70158): number {
  const u = clamp(t) - 1;
  return quantise(1 + (overshoot + 1) * u * u * u + overshoot * u * u);
}

/** Random numbers in [0, 1), the same for the same name; mulberry32 over an FNV-1a hash. */
export function random(name: string): () => number {
  let state = 0x811c9dc5;
  for (let i = 0; i < name.length; i++) state = Math.imul(state ^ name.charCodeAt(i), 0x01000193);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let x = Math.imul(state ^ (state >>> 15), 1 | state);
    x = (x + Math.imul(x ^ (x >>> 7), 61 | x)) ^ x;
    return ((x ^ (x >>> 14)) >>> 0) / 4_294_967_296;
  };
}
