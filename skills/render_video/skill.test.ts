import { fileURLToPath } from 'node:url';
import { compile } from '@cairn/dto';
import { fileRef, runSkill, runSkillTwice } from '@cairn/skill-kit/testing';
import { describe, expect, test } from '@jest/globals';
import { intro, lose, win } from './examples.js';
import implementation from './run.js';
import { renderVideo } from './skill.js';
import { toneWav } from './testing/tone.js';
import { boxes, keyPictures, tracks } from './testing/mp4-reader.js';

// Real: fonts, renderer, encoders, threads and the themes' scenes. The engine is the skill kit's test harness.
const resourceRoot = fileURLToPath(new URL('../../../libs/campaign-kit', import.meta.url));
const run = (input: unknown) => runSkill(implementation, { input, resourceRoot });
interface Output {
  readonly video: { digest: string; type: string; filename?: string };
  readonly poster: { digest: string };
  readonly button?: { bounds: unknown; mask_polygon: number[][] };
}

test('the documented examples obey the contract', () => {
  for (const example of [intro, win, lose])
    expect(compile(renderVideo.spec.input).check(example)).toEqual([]);
});

test('the same input gives the same bytes, those of every other machine', async () => {
  const { output } = await runSkillTwice(implementation, { input: intro, resourceRoot });
  const { video, poster } = output as Output;
  expect([video.digest, poster.digest]).toEqual([
    'sha256:da4e47072ea9d8c25e7eacf569eb0b41163e0ac24c72474155dd635607c6520f',
    'sha256:7cecb5fbe9e5ceec5911c1c17429076756eb19ea7d4f5410edd83e8eb3095da2',
  ]);
}, 60_000);

test('a film has pictures and sound, can be sought and holds no date', async () => {
  const { output, files, reports } = await run(win);
  const { video, button } = output as Output;
  const bytes = files.get(video as never);
  expect(video).toMatchObject({ type: 'video/win', filename: 'win.mp4' });
  expect(button).toBe(undefined);
  expect(tracks(bytes)).toEqual([
    { kind: 'vide', codec: 'avc1', samples: 12 },
    { kind: 'soun', codec: 'mp4a', samples: 45 },
  ]);
  expect(keyPictures(bytes)).toEqual([1]);
  for (const type of ['mvhd', 'tkhd', 'mdhd'])
    for (const box of boxes(bytes, type)) expect([...box.subarray(4, 12)]).toEqual([0, 0, 0, 0, 0, 0, 0, 0]);
  // Colour primaries, transfer and matrix 1: BT.709 (ITU-T H.273).
  expect([...boxes(bytes, 'colr')[0]!.subarray(4, 10)]).toEqual([0, 1, 0, 1, 0, 1]);
  expect(reports.progress.at(-1)!.fraction).toBe(1);
}, 60_000);

test('the mask is the outline of the button at its bounds', async () => {
  const { output } = await run(intro);
  const { bounds, mask_polygon: mask } = (output as Output).button!;
  expect(bounds).toEqual({ x: 110, y: 125, width: 100, height: 27 });
  const range = (axis: 0 | 1) => {
    const values = mask.map(point => point[axis]!);
    return [Math.min(...values), Math.max(...values)];
  };
  expect([range(0), range(1)]).toEqual([
    [110, 210],
    [125, 152],
  ]);
}, 60_000);

test('music changes the sound only', async () => {
  const tone = toneWav(0.5);
  const music = fileRef('audio/bgm', tone, { filename: 'bgm.wav' });
  const silent = await run(lose);
  const { output, files } = await runSkill(implementation, {
    input: { ...lose, music },
    resourceRoot,
    files: { tone },
  });
  const sounding = output as Output;
  expect(sounding.poster.digest).toBe((silent.output as Output).poster.digest);
  expect(files.get(sounding.video as never).length).toBeGreaterThan(
    silent.files.get((silent.output as Output).video as never).length,
  );
}, 60_000);

describe('refused before anything is rendered', () => {
  const failure = (input: unknown, signal?: AbortSignal) =>
    runSkill(implementation, { input, resourceRoot, ...(signal && { signal }) }).then(
      () => 'no error',
      (error: Error & { code?: string }) => `${error.code}: ${error.message}`,
    );

  test('a title with a character that no font has', async () => {
    expect(await failure({ ...intro, title: 'Win 🎁 today' })).toBe(
      'VALIDATION_ERROR: /title cannot be drawn: no font has the character 🎁 (U+1F381)',
    );
  });

  test('a label with one', async () => {
    expect(await failure({ ...intro, button: { ...(intro['button'] as object), label: 'ไป' } })).toBe(
      'VALIDATION_ERROR: /button/label cannot be drawn: no font has the character ไ (U+0E44)',
    );
  });

  test('a cancelled step', async () => {
    const reason = Object.assign(new Error('cancelled by a person'), { code: 'CANCELLED' });
    expect(await failure(intro, AbortSignal.abort(reason))).toBe('CANCELLED: cancelled by a person');
  });
});
