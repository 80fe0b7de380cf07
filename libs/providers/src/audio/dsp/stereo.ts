/** Two channels of equal length, nominally -1..1. */
export interface Stereo {
  readonly left: Float32Array;
  readonly right: Float32Array;
}

/** Silence of this many frames. */
export function stereo(frames: number): Stereo {
  return { left: new Float32Array(frames), right: new Float32Array(frames) };
}

/** Gains of the two channels for a position from -1 (left) to 1 (right), of equal power. */
export function panned(position: number): readonly [number, number] {
  return [Math.sqrt((1 - position) / 2), Math.sqrt((1 + position) / 2)];
}

/**
 * Adds `frames` frames of `from` to `to` at frame `at`. What passes the end comes in again at the start when
 * `around` is set, so that the tail of a loop's last notes sounds under its first; otherwise it is cut.
 */
export function addAt(
  to: Stereo,
  from: Stereo,
  at: number,
  frames: number,
  gain: number,
  around: boolean,
): void {
  const size = to.left.length;
  let target = around ? at % size : at;
  const count = around ? frames : Math.min(frames, size - at);
  for (let i = 0; i < count; i++) {
    to.left[target]! += from.left[i]! * gain;
    to.right[target]! += from.right[i]! * gain;
    if (++target === size) target = 0;
  }
}

/** The greatest absolute value in both channels. */
export function peak({ left, right }: Stereo): number {
  let most = 0;
  for (let i = 0; i < left.length; i++) most = Math.max(most, Math.abs(left[i]!), Math.abs(right[i]!));
  return most;
}

/** Root mean square over both channels. */
export function rms({ left, right }: Stereo): number {
  let sum = 0;
  for (let i = 0; i < left.length; i++) sum += left[i]! * left[i]! + right[i]! * right[i]!;
  return left.length === 0 ? 0 : Math.sqrt(sum / (2 * left.length));
}
