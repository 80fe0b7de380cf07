import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { runThread } from '@cairn/skill-kit';
import { RATE } from '../dsp/arithmetic.js';
import { CEILING } from '../dsp/master.js';
import { peak, rms, type Stereo } from '../dsp/stereo.js';
import { stubAudio } from '../stub/adapter.js';
import { musicStyle } from '../stub/check-style.js';
import { fixtureStyle } from './music-fixture.js';
import { renderMusic } from './render-music.js';

const GOLDEN_LOOP = '552959b80ad5adcfb7111300eb0a39372ec66e8dd0e1be54ea3219e44bcefa6d';
const GOLDEN_END = 'f9af6ab3594ccb2d35f33dd993dcd50c4a6ba323b4bc8a6a3f0f896cb37bf633';

const decibels = (x: number) => 20 * Math.log10(x);
const mean = (x: Float32Array) => x.reduce((a, b) => a + b, 0) / x.length;
const loudnessOf = ({ left, right }: Stereo, from: number, to: number) =>
  decibels(rms({ left: left.subarray(from, to), right: right.subarray(from, to) }));

/** The greatest step between two frames next to each other, and the one from the last frame to the first. */
function steps(x: Float32Array) {
  let most = 0;
  for (let i = 1; i < x.length; i++) most = Math.max(most, Math.abs(x[i]! - x[i - 1]!));
  return { most, seam: Math.abs(x[0]! - x[x.length - 1]!) };
}

const SECONDS = 16;
const frames = SECONDS * RATE;
const { signal } = new AbortController();

/** In a thread, as the provider is used: jest's sandbox makes arithmetic some twenty times slower. */
function music(query: { style: unknown; durationSec: number; loop: boolean; seed: number }) {
  const thread = <T>(module: URL, job: unknown) => runThread<T>(module, job, { signal });
  return stubAudio.create({ signal, thread }).music({ ...query, format: 'wav', volume: 1 });
}

async function render(style: unknown, loop: boolean): Promise<Stereo> {
  const { data } = await music({ style, durationSec: SECONDS, loop, seed: 1 });
  const samples = new Int16Array(data.buffer, data.byteOffset + 44);
  const channel = (from: number) =>
    Float32Array.from({ length: frames }, (_, i) => samples[2 * i + from]! / 32767);
  return { left: channel(0), right: channel(1) };
}

describe('a small piece', () => {
  const hashOf = async (over: { loop?: boolean; seed?: number }) => {
    const { data } = await music({ style: fixtureStyle, durationSec: 4, loop: true, seed: 3, ...over });
    return createHash('sha256').update(data).digest('hex');
  };

  test('has the same samples on every machine', async () => {
    expect(await hashOf({})).toBe(GOLDEN_LOOP);
    expect(await hashOf({ loop: false })).toBe(GOLDEN_END);
  });

  test('is another one with another seed', async () => {
    expect(await hashOf({ seed: 4 })).not.toBe(GOLDEN_LOOP);
  });

  test.each([1, 4410, 22051])('has exactly %i frames when that is asked', frames => {
    const { left, right } = renderMusic(fixtureStyle, { frames, loop: false, seed: 1 });
    expect([left.length, right.length]).toEqual([frames, frames]);
  });

  test('reports its progress upwards', () => {
    const seen: number[] = [];
    renderMusic(fixtureStyle, { frames: RATE / 2, loop: true, seed: 3 }, fraction => seen.push(fraction));
    expect(seen.length).toBe(7);
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
    expect(seen.at(-1)).toBe(0.95);
  });
});

const themes = new URL('../../../../campaign-kit/themes/', import.meta.url);
const read = (theme: string): unknown =>
  JSON.parse(readFileSync(new URL(`${theme}/music.json`, themes), 'utf8'));

describe.each(['neon_arcade', 'paper_carnival'])('the music of %s', theme => {
  const style = musicStyle(read(theme));
  let loop: Stereo;
  let end: Stereo;
  beforeAll(async () => {
    loop = await render(style, true);
    end = await render(style, false);
  });

  test('is as loud as it should be and never clips', () => {
    expect(Math.abs(decibels(rms(loop)) - style.loudness)).toBeLessThan(1);
    expect(peak(loop)).toBeLessThanOrEqual(CEILING + 1 / 32767);
    expect(peak(end)).toBeLessThanOrEqual(CEILING + 1 / 32767);
  });

  test('has no constant offset', () => {
    expect(Math.abs(mean(loop.left))).toBeLessThan(1e-3);
    expect(Math.abs(mean(loop.right))).toBeLessThan(1e-3);
  });

  test('joins its end to its start', () => {
    for (const channel of [loop.left, loop.right]) {
      const { most, seam } = steps(channel);
      expect(seam).toBeLessThan(most / 2);
    }
    const tenth = RATE / 10;
    expect(loudnessOf(loop, frames - tenth, frames)).toBeGreaterThan(style.loudness - 14);
  });

  test('starts at once and comes to rest when it does not loop', () => {
    expect(loudnessOf(end, 0, RATE)).toBeGreaterThan(style.loudness - 6);
    expect([end.left[0], end.left.at(-1), end.right.at(-1)].map(x => Math.abs(x!))).toEqual([0, 0, 0]);
    expect(loudnessOf(end, frames - RATE / 10, frames)).toBeLessThan(style.loudness - 20);
  });

  test('goes on without a pause', () => {
    for (let at = 0; at < frames; at += RATE) {
      expect(loudnessOf(loop, at, at + RATE)).toBeGreaterThan(style.loudness - 9);
    }
  });

  test('is wide, and holds together in mono', () => {
    const both = loop.left.reduce((sum, x, i) => sum + x * loop.right[i]!, 0);
    const correlation = both / (loop.left.length * rms(loop) ** 2);
    expect(correlation).toBeGreaterThan(0.4);
    expect(correlation).toBeLessThan(0.98);
  });
});
