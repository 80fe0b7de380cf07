import { createHash } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { RATE, sine } from '../dsp/arithmetic.js';
import { stereo } from '../dsp/stereo.js';
import { mp3 } from './mp3.js';
import { countFrames } from './mp3-info.js';
import { wav } from './wav.js';

const GOLDEN_MP3 = 'cca63ff1fb712639979e0156267803ddc44964e816b440de0d1434a2d768eee9';

function tone(frames: number) {
  const sound = stereo(frames);
  for (let i = 0; i < frames; i++) sound.left[i] = 0.5 * sine((440 * i) / RATE);
  for (let i = 0; i < frames; i++) sound.right[i] = 0.25 * sine((660 * i) / RATE);
  return sound;
}

test('a WAV file says what it holds, to the sample', () => {
  const bytes = wav({ left: Float32Array.of(0, 0.5, 2), right: Float32Array.of(-1, -0.25, -2) });
  const view = new DataView(bytes.buffer);
  expect(Buffer.from(bytes).toString('latin1', 0, 16)).toBe('RIFF\x30\0\0\0WAVEfmt ');
  expect([
    view.getUint16(20, true),
    view.getUint16(22, true),
    view.getUint32(24, true),
    view.getUint16(34, true),
  ]).toEqual([1, 2, 44100, 16]);
  expect(view.getUint32(40, true)).toBe(12);
  const samples = Array.from({ length: 6 }, (_, i) => view.getInt16(44 + i * 2, true));
  expect(samples).toEqual([0, -32767, 16384, -8192, 32767, -32768]);
});

test('an MP3 file has the same bytes each time, and on every machine', async () => {
  const once = await mp3(tone(RATE));
  expect(Buffer.compare(once, await mp3(tone(RATE)))).toBe(0);
  expect(createHash('sha256').update(once).digest('hex')).toBe(GOLDEN_MP3);
});

test.each([1, 1152, 44100, 50001])('an MP3 of %i samples says which samples are its own', async samples => {
  const bytes = await mp3(tone(samples));
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  expect(Buffer.from(bytes).toString('latin1', 36, 40)).toBe('Info');
  const frames = view.getUint32(44);
  expect(frames).toBe(countFrames(bytes, 128) - 1);
  expect(view.getUint32(48)).toBe(bytes.length);
  const gap = view.getUint32(72) & 0xffffff;
  expect(frames * 1152 - (gap >> 12) - (gap & 4095)).toBe(samples);
});
