import { endAngle, pegsPassed, spinProgress } from './motion.js';
import { Pointer } from './pointer.js';
import type { Wheel } from './wheel.js';

export interface SpinOptions {
  /** Degrees: where the wheel stands, and where it must come to rest. */
  readonly from: number;
  readonly rest: number;
  readonly direction: 1 | -1;
  readonly durationMs: number;
  readonly turns: number;
  readonly count: number;
  /** A peg passed the pointer; `strength` is 0..1 with the wheel's speed. */
  onTick(strength: number): void;
}

/** Turns the wheel until it rests; resolves with the angle. Time-based: a slow device drops frames, not time. */
export function spinWheel(wheel: Wheel, options: SpinOptions): Promise<number> {
  const { from, rest, direction, durationMs, turns, count, onTick } = options;
  const to = endAngle(from, rest, turns, direction);
  const pointer = new Pointer();
  // The fastest a frame of 16 ms can go, in degrees per second: what strength 1 means.
  const fastest = (Math.abs(to - from) / durationMs) * 1000 * 3;
  return new Promise(resolve => {
    let started: number | undefined;
    let last = 0;
    let angle = from;
    let pegs = pegsPassed(from, count);
    const frame = (now: number) => {
      started ??= now;
      const t = (now - started) / durationMs;
      const seconds = Math.max(0.001, (now - (last || now)) / 1000);
      last = now;
      const next = from + (to - from) * spinProgress(t);
      const strength = Math.min(1, Math.abs(next - angle) / seconds / fastest);
      angle = next;
      wheel.turn(angle);
      const passed = pegsPassed(angle, count);
      if (passed !== pegs) {
        pegs = passed;
        pointer.knock(strength, direction);
        onTick(strength);
      }
      wheel.point(pointer.step(seconds));
      if (t < 1 || !pointer.resting) requestAnimationFrame(frame);
      if (t >= 1) resolve(to);
    };
    requestAnimationFrame(frame);
  });
}
