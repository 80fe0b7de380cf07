import { clamp, quantise } from './motion.js';

/** What a picture is drawn for. */
export interface Moment {
  /**
   * Seconds on the clock of the scene, which slows down to a stop before the end so that the last picture can be held
   * without a jerk.
   */
  readonly clock: number;
  /** Seconds in a script of at least four seconds: films shorter than that play it faster. */
  readonly script: number;
}

/** The length that the entrances are written for, in seconds. */
const scriptLength = 4;

/** Slowing down takes this part of the film, at most a second. */
const slowing = 0.25;
/** The still part at the end. */
const still = 0.06;

/** Number of pictures, at least one. */
export function frameCount(fps: number, durationSec: number): number {
  const count = Math.round(fps * durationSec);
  return count < 1 ? 1 : count;
}

/**
 * The moment of a picture. Both times stop together: equal moments are equal pictures.
 *
 * @param frame from 0
 * @param fps pictures per second
 */
export function momentOf(frame: number, fps: number, durationSec: number): Moment {
  const time = frame / fps;
  const slow = Math.min(1, durationSec * slowing);
  const rest = Math.min(0.3, durationSec * still) + 1 / fps;
  const end = durationSec - rest;
  const start = end - slow;
  let clock = time;
  if (time > start) {
    const u = clamp((time - start) / slow);
    clock = start + slow * (u - (u * u) / 2);
  }
  const script = Math.min(time, end) / Math.min(1, durationSec / scriptLength);
  return { clock: quantise(clock), script: quantise(script) };
}
