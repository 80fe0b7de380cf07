import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { runThread, type AdapterHost } from '@cairn/skill-kit';
import { fixtureStyle } from '../music/music-fixture.js';
import { stubAudio } from './adapter.js';

const host: AdapterHost = {
  signal: new AbortController().signal,
  thread: (module, data) => runThread(module, data, { signal: new AbortController().signal }),
};
const audio = stubAudio.create(host);
const music = {
  style: fixtureStyle,
  durationSec: 1.5,
  format: 'wav',
  volume: 1,
  loop: true,
  seed: 1,
} as const;
const samples = (bytes: Uint8Array) =>
  Array.from({ length: (bytes.length - 44) / 2 }, (_, i) =>
    new DataView(bytes.buffer, bytes.byteOffset).getInt16(44 + i * 2, true),
  );
const loudest = (bytes: Uint8Array) => samples(bytes).reduce((most, x) => Math.max(most, Math.abs(x)), 0);

describe('the built-in audio provider', () => {
  test('makes music in a thread, of exactly its length', async () => {
    const { data, metadata } = await audio.music(music);
    expect(metadata).toEqual({
      providerId: 'stub',
      durationSec: 1.5,
      format: 'wav',
      sampleRate: 44100,
      channels: 2,
    });
    expect(data.length).toBe(44 + 66150 * 4);
  });

  test('the volume is a factor', async () => {
    const [full, half] = await Promise.all([audio.music(music), audio.music({ ...music, volume: 0.5 })]);
    expect(Math.abs(loudest(full.data) / 2 - loudest(half.data))).toBeLessThanOrEqual(1);
  });

  test('volume 0 is silence of the same length', async () => {
    const { data } = await audio.music({ ...music, volume: 0 });
    expect(data.length).toBe(44 + 66150 * 4);
    expect(loudest(data)).toBe(0);
  });

  test('makes effects', async () => {
    const file = new URL('../../../../campaign-kit/themes/neon_arcade/sounds.json', import.meta.url);
    const style: unknown = JSON.parse(readFileSync(file, 'utf8'));
    const { data, metadata } = await audio.effect({ style, name: 'tick', format: 'mp3', volume: 1, seed: 1 });
    expect(metadata).toEqual({
      providerId: 'stub',
      durationSec: 0.07,
      format: 'mp3',
      sampleRate: 44100,
      channels: 2,
    });
    expect(data[0]).toBe(0xff);
    await expect(
      audio.effect({ style, name: 'constructor', format: 'mp3', volume: 1, seed: 1 }),
    ).rejects.toMatchObject({ code: 'VALIDATION_ERROR', retryable: false });
  });

  test.each([
    ['no style', { style: {} }, "The theme's music.json is not valid"],
    ['a track without its instrument', { style: { ...fixtureStyle, instruments: {} } }, 'no such instrument'],
    ['a form of nothing', { style: { ...fixtureStyle, form: ['c'] } }, 'no such section: c'],
    ['a chord that is none', { style: { ...fixtureStyle, ending: 'Hm' } }, 'Hm is not a chord'],
    ['no length', { durationSec: 0 }, 'durationSec is 0'],
    ['too loud', { volume: 1.1 }, 'volume is 1.1'],
    ['not a number', { volume: Number.NaN }, 'volume is NaN'],
  ])('refuses %s for good', async (_, over, message) => {
    await expect(audio.music({ ...music, ...over })).rejects.toMatchObject({
      code: 'VALIDATION_ERROR',
      retryable: false,
      message: expect.stringContaining(message),
    });
  });
});
