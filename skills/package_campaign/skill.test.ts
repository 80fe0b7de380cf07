import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import type { CampaignManifest } from '@cairn/dto';
import { fileRef, runSkill, runSkillTwice } from '@cairn/skill-kit/testing';
import { unzipSync, zipSync } from 'fflate';
import { files, input, manifest } from './examples.js';
import run from './run.js';

const resources = {
  player: 'document.title="x"',
  css: '.player{}',
  skin: '.backdrop{}',
  texts: { en: { start: 'Start' }, ar: { start: 'ابدأ' } },
};

async function pack(changes: Partial<typeof input> = {}, more: Record<string, Uint8Array> = {}) {
  const result = await runSkill(run, {
    input: { ...input, ...changes },
    files: { ...files, ...more },
    resources,
  });
  const entries = unzipSync(result.files.get(result.output.campaign));
  return { ...result, entries, page: Buffer.from(entries['index.html'] ?? []).toString() };
}

const inlined = (page: string) =>
  JSON.parse(
    /<script type="application\/json" id="cairn-data">(.*?)<\/script>/s.exec(page)?.[1] ?? '',
  ) as unknown;

/** The manifest with some of its assets replaced. */
const withAssets = (assets: Partial<CampaignManifest['assets']>): CampaignManifest => ({
  ...manifest,
  assets: { ...manifest.assets, ...assets },
});

test('the package holds player, manifest, media and the unpacked game, the same bytes each time', async () => {
  const { output, files: written } = await runSkillTwice(run, { input, files, resources });
  expect(output.campaign.filename).toBe('summer-2026.zip');
  const entries = unzipSync(written.get(output.campaign));
  expect(Object.keys(entries)).toEqual([
    'audio/bgm.mp3',
    'audio/sfx/click.mp3',
    'game/audio/bgm.mp3',
    'game/game_config.json',
    'game/index.html',
    'index.html',
    'manifest.json',
    'videos/intro.mp4',
    'videos/intro.png',
    'videos/lose.mp4',
    'videos/lose.png',
    'videos/win.mp4',
    'videos/win.png',
  ]);
  expect(JSON.parse(Buffer.from(entries['manifest.json'] ?? []).toString())).toEqual(manifest);
  expect(Buffer.from(entries['videos/win.mp4'] ?? []).toString()).toBe('win');
});

test('the player is told the manifest, where posters and sounds are, and its texts', async () => {
  const { page } = await pack({ locale: 'ar' });
  expect(page).toContain('<html lang="ar" dir="rtl">');
  expect(inlined(page)).toEqual({
    manifest,
    theme: 'neon_arcade',
    colors: input.colors,
    posters: { intro: 'videos/intro.png', win: 'videos/win.png', lose: 'videos/lose.png' },
    texts: { start: 'ابدأ' },
    sounds: { effects: { click: 'audio/sfx/click.mp3' }, music: { src: 'audio/bgm.mp3', loop: true } },
  });
});

test('the page lets its own script and style run, the package’s own media and game load, and nothing else', async () => {
  const { page } = await pack();
  const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/
    .exec(page)?.[1]
    ?.replaceAll('&#39;', "'");
  const hash = (text = '') => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
  expect(policy?.split('; ')).toEqual([
    "default-src 'none'",
    `script-src ${hash(/<script>([^]*?)<\/script>/.exec(page)?.[1])}`,
    `style-src ${hash(/<style>([^]*?)<\/style>/.exec(page)?.[1])}`,
    "img-src 'self' file: data:",
    'font-src data:',
    "media-src 'self' file:",
    "frame-src 'self' file:",
    "base-uri 'none'",
    "form-action 'none'",
  ]);
});

test('a name with markup stays text, and one that no font has is left to the visitor’s fonts', async () => {
  const name = '</script><b>\u{1FFFE}';
  const { page } = await pack({ manifest: { ...manifest, campaign_name: name } });
  expect(page.match(/<\/script>/g)).toHaveLength(2);
  expect(inlined(page)).toMatchObject({ manifest: { campaign_name: name } });
});

describe('what the manifest names must be there and be what it says', () => {
  const video = manifest.assets.win_video;

  test.each([
    [
      'an asset that is not there',
      withAssets({ win_video: { ...video, uri: 'videos/won.mp4' } }),
      'MISSING_ASSET',
      '/assets/win_video/uri',
    ],
    [
      'a required asset elsewhere',
      withAssets({ win_video: { ...video, uri: 'https://example.com/a.mp4' } }),
      'MISSING_ASSET',
      '/assets/win_video/uri',
    ],
    [
      'another checksum',
      withAssets({ win_video: { ...video, checksum: `sha256:${'1'.repeat(64)}` } }),
      'INVALID_HASH',
      '/assets/win_video/checksum',
    ],
    [
      'another size',
      withAssets({ win_video: { ...video, size_bytes: 1 } }),
      'INVALID_HASH',
      '/assets/win_video/size_bytes',
    ],
    [
      'an additional asset that is not there',
      withAssets({ additional: [{ uri: 'audio/x.mp3', type: 'audio', required: false }] }),
      'MISSING_ASSET',
      '/assets/additional/0/uri',
    ],
    [
      'a click sound that is not there',
      {
        ...manifest,
        interaction: {
          ...manifest.interaction,
          button: { ...manifest.interaction.button, click_sound_uri: 'audio/none.mp3' },
        },
      },
      'MISSING_ASSET',
      '/interaction/button/click_sound_uri',
    ],
  ])('%s', async (_what, broken, code, path) => {
    await expect(pack({ manifest: broken })).rejects.toMatchObject({
      code,
      retryable: false,
      issues: [{ path, code }],
    });
  });

  test('an optional asset elsewhere is none of the package’s business', async () => {
    const additional = [{ uri: 'https://example.com/a.png', type: 'image' as const, required: false }];
    const { output } = await pack({ manifest: withAssets({ additional }) });
    expect(output.campaign.type).toBe('bundle/campaign');
  });
});

test('a game that would unpack outside its folder is refused', async () => {
  const evil = zipSync({ '../evil.html': new Uint8Array(1) });
  const game = fileRef('bundle/game', evil, { filename: 'game.zip' });
  await expect(pack({ game }, { evil })).rejects.toMatchObject({ code: 'VALIDATION_ERROR' });
});
