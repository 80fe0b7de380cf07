import { expect, test } from '@jest/globals';
import { choose, derive, random } from './random.js';

test('the same seed gives the same numbers, on every machine', () => {
  const next = random(1);
  expect([next(), next(), next()].map(x => Math.floor(x * 1e6))).toEqual([588393, 73188, 590310]);
  expect(derive(1, 'hook')).toBe(2552965443);
  expect(derive(2, 'hook')).not.toBe(derive(1, 'hook'));
});

test('the numbers are even over 0..1', () => {
  const next = random(7);
  const counts = [0, 0, 0, 0, 0, 0, 0, 0];
  for (let i = 0; i < 80_000; i++) counts[Math.floor(next() * 8)]!++;
  expect(Math.min(...counts)).toBeGreaterThan(9_600);
  expect(Math.max(...counts)).toBeLessThan(10_400);
});

test('nothing can be chosen from nothing', () => {
  expect(() => choose(random(1), [])).toThrow(RangeError);
});
