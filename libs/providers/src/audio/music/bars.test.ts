import { describe, expect, test } from '@jest/globals';
import { RATE } from '../dsp/arithmetic.js';
import { fit } from './bars.js';

const style = { beats: 4, tempo: { wish: 120, slowest: 110, fastest: 132 } };

describe('a piece fills its length with whole bars', () => {
  test.each([
    ['four bars at a time', 16, { beats: 32, bars: 8, tempo: 120 }],
    ['two, where four would be too fast or slow', 12, { beats: 24, bars: 6, tempo: 120 }],
    ['one', 6, { beats: 12, bars: 3, tempo: 120 }],
    ['beats, when it is short', 1.1, { beats: 2, bars: 1 }],
  ])('%s', (_, seconds, expected) => {
    expect(fit(style, Math.round(seconds * RATE), RATE)).toMatchObject(expected);
  });

  test('the tempo stays within its bounds from 8 seconds on', () => {
    for (let tenths = 80; tenths <= 1200; tenths++) {
      const { tempo } = fit(style, tenths * 4410, RATE);
      expect(tempo).toBeGreaterThanOrEqual(110);
      expect(tempo).toBeLessThanOrEqual(132);
    }
  });
});
