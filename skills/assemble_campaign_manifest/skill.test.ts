import { createHash } from 'node:crypto';
import { sha256 } from '@cairn/canonical';
import { CampaignManifest, compile } from '@cairn/dto';
import type { TerminalError } from '@cairn/skill-kit';
import { fileRef, runSkillTwice } from '@cairn/skill-kit/testing';
import { describe, expect, test } from '@jest/globals';
import { createdAt, example, gameFiles, gameZip } from './examples.js';
import { manifestChecksum, type Input } from './manifest.js';
import implementation from './run.js';
import { assembleCampaignManifest } from './skill.js';

// Real: zip, digests, schemas. Fake: the worker.
async function run(input: Input, game: Uint8Array = gameZip()): Promise<CampaignManifest> {
  const given = { ...input, game: fileRef('bundle/game', game, { filename: 'game.zip' }) };
  return (await runSkillTwice(implementation, { input: given, files: { game } })).output.manifest;
}
const failure = (input: Input, zip?: Uint8Array) =>
  run(input, zip).then(
    () => 'no error',
    (error: TerminalError) => `${error.code} ${error.retryable ? 'retryable' : 'terminal'}: ${error.message}`,
  );

test('input and output obey the contract', async () => {
  expect(compile(assembleCampaignManifest.spec.input).check(example)).toEqual([]);
  expect(compile(CampaignManifest).check(await run(example))).toEqual([]);
});

test('every reference is relative to the package, with size and checksum of the bytes', async () => {
  const { assets } = await run(example);
  const digest = (digit: string) => `sha256:${digit.repeat(64)}`;
  const asset = (uri: string, type: string, checksum: string, size_bytes = 1000, required = true) => ({
    uri,
    type,
    size_bytes,
    checksum,
    required,
  });
  const inGame = (name: string, type: string) =>
    asset(`game/${name}`, type, sha256(gameFiles[name]!), gameFiles[name]!.length);
  expect(assets).toEqual({
    intro_video: asset('videos/intro.mp4', 'video', digest('1')),
    win_video: asset('videos/win.mp4', 'video', digest('2')),
    lose_video: asset('videos/lose.mp4', 'video', digest('3')),
    game_bundle: inGame('index.html', 'bundle'),
    additional: [
      asset('videos/intro.png', 'image', digest('4'), 1000, false),
      asset('videos/win.png', 'image', digest('5'), 1000, false),
      asset('videos/lose.png', 'image', digest('6'), 1000, false),
      asset('audio/bgm.mp3', 'audio', digest('8')),
      asset('audio/sfx/click.mp3', 'audio', digest('9')),
      inGame('audio/bgm.mp3', 'audio'),
      inGame('game_config.json', 'bundle'),
    ],
  });
});

test('what the campaign says is passed on, what it leaves out stays out', async () => {
  const whole = await run(example);
  expect(whole.interaction).toEqual({
    button: { ...example.button, hover_effect: 'glow', click_sound_uri: 'audio/sfx/click.mp3' },
    game_container: { entry_point: 'index.html', config_path: 'game_config.json' },
  });
  expect(whole.flow.outcome_redirect).toEqual(example.campaign.outcome_redirect);
  expect([whole.rules, whole.analytics, whole.branding]).toEqual([
    example.campaign.rules,
    example.campaign.analytics,
    example.campaign.branding,
  ]);
  const { branding: _, outcome_redirect: __, ...campaign } = example.campaign;
  const bare = await run({ ...example, campaign, effects: {}, posters: undefined });
  expect(Object.keys(bare)).not.toContain('branding');
  expect(Object.keys(bare.flow)).toEqual(['sequence', 'intro_to_game_trigger', 'game_to_outcome_trigger']);
  expect(Object.keys(bare.interaction.button)).toEqual(['bounds', 'mask_polygon', 'hover_effect']);
});

describe('the checksum', () => {
  // The canonical JSON by another way than ours.
  const canonical = (value: unknown): string =>
    JSON.stringify(value, (_key, member: unknown) =>
      member !== null && typeof member === 'object' && !Array.isArray(member)
        ? Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1)))
        : member,
    );

  test('is that of the canonical JSON without the field', async () => {
    const { checksum, ...rest } = await run(example);
    expect(checksum).toBe(`sha256:${createHash('sha256').update(canonical(rest)).digest('hex')}`);
  });

  test('does not depend on the field itself, and on every other', async () => {
    const manifest = await run(example);
    expect(manifestChecksum({ ...manifest, checksum: 'x' } as CampaignManifest)).toBe(manifest.checksum);
    expect(manifestChecksum({ ...manifest, version: '9.9.9' })).not.toBe(manifest.checksum);
  });
});

test('the times are the run’s, and nothing else changes with them', async () => {
  const first = await run(example);
  const later = await run({ ...example, now: '2027-01-01T00:00:00Z' });
  expect([first.created_at, first.updated_at]).toEqual([createdAt, createdAt]);
  const timeless = { created_at: '', updated_at: '', checksum: '' };
  expect({ ...later, ...timeless }).toEqual({ ...first, ...timeless });
});

describe('refused, for good', () => {
  test('a bundle without entry point', async () => {
    expect(await failure(example, gameZip({ 'game.js': '' }))).toBe(
      "MISSING_ASSET terminal: The game's bundle has no index.html",
    );
  });

  test('a bundle that would leave its folder', async () => {
    expect(await failure(example, gameZip({ ...gameFiles, '../evil.html': '' }))).toBe(
      `INVALID_BUNDLE terminal: The game's bundle holds "../evil.html"`,
    );
  });

  test('a file without bytes', async () => {
    const videos = { ...example.videos, win: { ...example.videos.win, size: 0 } };
    expect(await failure({ ...example, videos })).toBe('MISSING_ASSET terminal: videos/win.mp4 is empty');
  });

  test('an intro without a button', async () => {
    expect(await failure({ ...example, button: undefined })).toBe(
      'MISSING_ASSET terminal: The intro video has no button: /interaction/button is not there',
    );
  });

  test('a run without a time', async () => {
    expect(await failure({ ...example, now: undefined })).toBe(
      'VALIDATION_ERROR terminal: The manifest needs to know when its run was created: /now is absent',
    );
  });
});
