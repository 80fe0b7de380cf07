import { expect, test } from '@jest/globals';
import { clearTimes } from './mp4-times.js';
import { isKeyPicture } from './mp4.js';
import { decodeMusic, sampleRate, silence, soundtrack } from './soundtrack.js';
import { toneWav } from './testing/tone.js';

const level = (samples: Float32Array) =>
  Math.sqrt(samples.reduce((sum, s) => sum + s * s, 0) / samples.length);

test('a soundtrack is as long as the film, modest, and faded at both ends', async () => {
  const music = await decodeMusic(toneWav(0.5), 2);
  const track = soundtrack(music, 2, 'intro');
  const samples = new Float32Array(track.frames * 2);
  track.read(0, samples);
  expect(track.frames).toBe(2 * sampleRate);
  // The tone is a triangle of half the full level (-10.8 dB); a soundtrack is at most -20 dB.
  const middle = samples.subarray(sampleRate, 2 * sampleRate);
  expect(level(middle)).toBeCloseTo(0.1, 3);
  expect(samples[0]).toBe(-0);
  expect(Math.abs(samples.at(-1)!) < 0.001).toBe(true);
});

test('music that is too short starts again', async () => {
  const music = await decodeMusic(toneWav(0.5), 2);
  const track = soundtrack(music, 2, 'win');
  const [a, b] = [new Float32Array(200), new Float32Array(200)];
  track.read(10_000, a);
  track.read(10_000 + music.left.length, b);
  expect(a).toEqual(b);
});

test('behind a loss the heights are taken off', async () => {
  const music = await decodeMusic(toneWav(0.5), 1);
  const loud = (role: 'win' | 'lose') => {
    const samples = new Float32Array(20_000);
    soundtrack(music, 1, role).read(10_000, samples);
    return level(samples);
  };
  expect(loud('lose') < loud('win')).toBe(true);
});

test('silence is silent', () => {
  const samples = new Float32Array(8).fill(1);
  silence(1).read(0, samples);
  expect([...samples]).toEqual([0, 0, 0, 0, 0, 0, 0, 0]);
});

test('what is neither WAV nor MP3 is refused', async () => {
  await expect(decodeMusic(new Uint8Array(1000), 1)).rejects.toThrow('the music is neither WAV nor MP3');
});

test('only pictures that need no other are key pictures', () => {
  const nal = (type: number) => [0, 0, 0, 2, 0x60 | type, 0];
  expect(isKeyPicture(Uint8Array.from([...nal(7), ...nal(8), ...nal(5)]))).toBe(true);
  expect(isKeyPicture(Uint8Array.from(nal(1)))).toBe(false);
});

test('dates are cleared, the rest stays', () => {
  const box = (type: string, content: number[]) => [
    0,
    0,
    0,
    8 + content.length,
    ...[...type].map(c => c.charCodeAt(0)),
    ...content,
  ];
  const file = (dates: number[]) =>
    Uint8Array.from(box('moov', box('mvhd', [0, 0, 0, 0, ...dates, 9, 9, 9, 9])));
  expect(clearTimes(file([1, 2, 3, 4, 5, 6, 7, 8]))).toEqual(file([0, 0, 0, 0, 0, 0, 0, 0]));
});
