import { describe, expect, test } from '@jest/globals';
import { chord, degreeAbove, intoRange, voicing } from './harmony.js';

const A_MINOR = [9, 11, 0, 2, 4, 5, 7];

describe('chord symbols', () => {
  test.each([
    ['C', { root: 0, bass: 0, tones: [0, 4, 7] }],
    ['F#m7/C#', { root: 6, bass: 1, tones: [0, 3, 7, 10] }],
    ['Bbmaj7', { root: 10, bass: 10, tones: [0, 4, 7, 11] }],
  ])('%s', (symbol, read) => expect(chord(symbol)).toEqual(read));
  test.each(['', 'H', 'Cx', 'C/', 'c'])('%j is refused', symbol => {
    expect(() => chord(symbol)).toThrow('is not a chord');
  });
});

test('degrees 1 3 5 8 are the chord’s own tones, also outside the scale', () => {
  expect([1, 3, 5, 8, 10, 12].map(d => degreeAbove(chord('Am'), A_MINOR, d))).toEqual([0, 3, 7, 12, 15, 19]);
  expect([1, 3, 5].map(d => degreeAbove(chord('E'), A_MINOR, d))).toEqual([0, 4, 7]);
});

test('the other degrees are the scale’s', () => {
  expect([2, 4, 6, 7].map(d => degreeAbove(chord('Am'), A_MINOR, d))).toEqual([2, 5, 8, 10]);
});

test('chords stay in the hand', () => {
  expect(voicing(chord('C'), [55, 70])).toEqual([60, 64, 67]);
  expect(voicing(chord('F'), [55, 70])).toEqual([60, 65, 57].sort((a, b) => a - b));
});

test('notes are moved by octaves into a range', () => {
  expect(intoRange(40, [60, 72])).toBe(64);
  expect(intoRange(90, [60, 72])).toBe(66);
});
