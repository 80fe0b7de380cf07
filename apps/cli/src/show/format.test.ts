import { describe, expect, test } from '@jest/globals';
import { ago, bytes, duration, fit, oneLine, padEnd, shortDigest } from './format.js';

describe('what a person reads', () => {
  test.each([
    [0, '0 ms'],
    [24, '24 ms'],
    [99.4, '99 ms'],
    [100, '0.1 s'],
    [444, '0.4 s'],
    [59_949, '59.9 s'],
    [59_960, '1 min 0 s'],
    [125_400, '2 min 5 s'],
    [-5, '0 ms'],
  ])('%d ms is %s', (ms, text) => expect(duration(ms)).toBe(text));

  test.each([
    [0, '0 B'],
    [999, '999 B'],
    [1000, '1.0 kB'],
    [999_940, '999.9 kB'],
    [999_960, '1.0 MB'],
    [7_912_345, '7.9 MB'],
    [3e12, '3.0 TB'],
  ])('%d bytes are %s', (count, text) => expect(bytes(count)).toBe(text));

  test.each([
    [0, 'just now'],
    [12_000, '12 s ago'],
    [5 * 60_000, '5 min ago'],
    [3 * 3_600_000, '3 h ago'],
    [50 * 3_600_000, '2 days ago'],
    [30 * 86_400_000, '2026-10-22'],
  ])('%d ms before now is %s', (ms, text) => {
    const now = Date.parse('2026-11-21T09:00:00.000Z');
    expect(ago(new Date(now - ms).toISOString(), now)).toBe(text);
  });

  test('a digest is told by its beginning', () => {
    expect(shortDigest(`sha256:${'0a'.repeat(32)}`)).toBe('sha256:0a0a0a0a0a0a');
  });

  test('wide characters take two columns', () => {
    expect(padEnd('紙', 4)).toBe('紙  ');
    expect(fit('紙のおまつり', 7)).toBe('紙のお…');
    expect(fit('紙のおまつり', 8)).toBe('紙のお…');
    expect(fit('short', 5)).toBe('short');
  });

  test('control characters and line ends cannot move the cursor', () => {
    expect(oneLine('a\n\u001b[2Jb\u2028c\r')).toBe('a [2Jb c');
  });
});
