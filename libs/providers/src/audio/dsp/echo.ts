import { stereo, type Stereo } from './stereo.js';

/**
 * Echoes that go from side to side, each duller and softer. With `around`, as heard when `dry` is played without
 * end: the line is first filled by one turn that is thrown away.
 * @param frames between two echoes. @param feedback 0..0.8. @param bright 0..1.
 */
export function echo(
  dry: Stereo,
  { frames, feedback, bright, around }: { frames: number; feedback: number; bright: number; around: boolean },
): Stereo {
  const size = dry.left.length;
  const wet = stereo(size);
  const lines = stereo(Math.max(1, frames));
  const dull = 0.15 + 0.8 * bright;
  let at = 0;
  let lowLeft = 0;
  let lowRight = 0;
  for (let turn = around ? 0 : 1; turn < 2; turn++) {
    for (let i = 0; i < size; i++) {
      lowLeft += (lines.left[at]! - lowLeft) * dull;
      lowRight += (lines.right[at]! - lowRight) * dull;
      wet.left[i] = lowLeft;
      wet.right[i] = lowRight;
      lines.left[at] = (dry.left[i]! + dry.right[i]!) * 0.5 + lowRight * feedback;
      lines.right[at] = lowLeft * feedback;
      if (++at === lines.left.length) at = 0;
    }
  }
  return wet;
}
