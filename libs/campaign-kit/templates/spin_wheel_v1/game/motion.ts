/** The part of a spin in which the wheel speeds up, and how steeply it then slows down. */
const RISE = 0.1;
const FALL = 2.6;

/**
 * How far a spin has come, 0..1, after the fraction `t` of its time. Speed rises evenly for a moment, as under
 * a hand, and then falls ever more slowly, as by friction; both parts meet at the same speed.
 */
export function spinProgress(t: number): number {
  if (t <= 0) return 0;
  if (t >= 1) return 1;
  const rise = RISE / 2;
  const fall = (1 - RISE) / (FALL + 1);
  const gone =
    t < RISE ? (t * t) / (2 * RISE) : rise + fall * (1 - (1 - (t - RISE) / (1 - RISE)) ** (FALL + 1));
  return gone / (rise + fall);
}

/**
 * The angle, in degrees, at which the wheel stands when field `index` of `count` is under the pointer.
 * @param where in the field, 0 at its leading and 1 at its trailing edge.
 */
export function restAngle(index: number, count: number, where: number): number {
  return -((index + where) * 360) / count;
}

/** The angle at which a spin from `from` ends on `rest`, after at least `turns` whole turns in its direction. */
export function endAngle(from: number, rest: number, turns: number, direction: 1 | -1): number {
  const towards = ((((rest - from) * direction) % 360) + 360) % 360;
  return from + direction * (turns * 360 + towards);
}

/** How many pegs have passed the pointer at this angle; each change is one tick. */
export function pegsPassed(angle: number, count: number): number {
  return Math.floor((angle * count) / 360);
}
