import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { RATE } from '../dsp/arithmetic.js';
import { peak } from '../dsp/stereo.js';
import { wav } from '../files/wav.js';
import { soundStyle } from '../stub/check-style.js';
import { renderEffect } from './render-effect.js';
import type { SoundStyle } from './sound-style.schema.js';

const themes = new URL('../../../../campaign-kit/themes/', import.meta.url);
const read = (theme: string): unknown =>
  JSON.parse(readFileSync(new URL(`${theme}/sounds.json`, themes), 'utf8'));
const GOLDEN_PING = '709c1876ac48887f322c049ba5642004dde328d1ae6ac1bd0ab885c57bb0120a';
const NEEDED = ['spin', 'tick', 'win', 'lose', 'click'];

const fixture: SoundStyle = {
  description: 'A test',
  instruments: {
    bell: { kind: 'bell', partials: [{ ratio: 1, level: 1, decay: 0.3 }] },
    snap: { kind: 'drum', noise: { kind: 'high', hertz: 4000, decay: 0.05, level: 0.5 } },
  },
  sounds: {
    ping: {
      seconds: 0.25,
      peak: -6,
      layers: [
        { instrument: 'bell', notes: [[0, 81, 0.1, 1]], level: 0, reverb: 0.2 },
        { instrument: 'snap', notes: [[0.05, 60, 0.1, 1]], level: -12, pan: 0.5 },
      ],
    },
  },
  room: { seconds: 0.5, bright: 0.5 },
};

test('an effect has the same samples on every machine, its length and its peak', () => {
  const sound = renderEffect(fixture, 'ping', 1);
  expect(sound.left.length).toBe(11025);
  expect(peak(sound)).toBeCloseTo(0.501187, 5);
  expect(createHash('sha256').update(wav(sound)).digest('hex')).toBe(GOLDEN_PING);
});

describe.each(['neon_arcade', 'paper_carnival'])('the effects of %s', theme => {
  const raw = read(theme);
  const sounds = new Map(NEEDED.map(name => [name, renderEffect(soundStyle(raw, name), name, 1)]));

  test.each(NEEDED)('%s starts at once, ends in silence, does not clip', name => {
    const sound = sounds.get(name)!;
    const start = sound.left.subarray(0, RATE / 25);
    expect(Math.max(...start.map(Math.abs))).toBeGreaterThan(0.03);
    expect([sound.left.at(-1), sound.right.at(-1)].map(x => Math.abs(x!))).toEqual([0, 0]);
    expect(peak(sound)).toBeLessThan(0.75);
  });

  test('are of lengths that fit a game', () => {
    const seconds = (name: string) => sounds.get(name)!.left.length / RATE;
    expect(seconds('tick')).toBeLessThan(0.1);
    expect(seconds('click')).toBeLessThan(0.3);
    expect(Math.max(...NEEDED.map(seconds))).toBeLessThan(3);
  });

  test('are all different', () => {
    const starts = NEEDED.map(name => sounds.get(name)!.left.slice(0, 2000).join());
    expect(new Set(starts).size).toBe(NEEDED.length);
  });
});
