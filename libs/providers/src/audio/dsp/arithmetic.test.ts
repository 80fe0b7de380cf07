import { describe, expect, test } from '@jest/globals';
import { RATE, amplitude, exp2, fall, fastSine, hertz, sine, tangent } from './arithmetic.js';

const points = Array.from({ length: 4001 }, (_, i) => (i - 2000) / 500);
const worst = (own: (x: number) => number, real: (x: number) => number, xs: readonly number[]) =>
  Math.max(...xs.map(x => Math.abs(own(x) - real(x))));

describe('own arithmetic against the engine’s', () => {
  test('sine', () => {
    expect(worst(sine, x => Math.sin(2 * Math.PI * x), points)).toBeLessThan(1e-11);
    expect(worst(fastSine, x => Math.sin(2 * Math.PI * x), points)).toBeLessThan(5e-7);
  });
  test('powers of two', () => {
    expect(
      worst(
        x => exp2(x) / 2 ** x,
        () => 1,
        points,
      ),
    ).toBeLessThan(1e-14);
    expect([exp2(0), exp2(10), exp2(-3)]).toEqual([1, 1024, 0.125]);
  });
  test('tangent', () => {
    const turns = points.filter(x => x >= 0 && x < 0.24);
    expect(worst(tangent, x => Math.tan(2 * Math.PI * x), turns)).toBeLessThan(1e-9);
  });
  test('pitch and level', () => {
    expect(hertz(69)).toBe(440);
    expect(hertz(60)).toBeCloseTo(261.6256, 4);
    expect(amplitude(-20)).toBeCloseTo(0.1, 12);
    expect(fall(0.5) ** (0.5 * RATE)).toBeCloseTo(0.001, 9);
  });
});
