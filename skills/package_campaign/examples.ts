import { sha256 } from '@cairn/canonical';
import type { CampaignManifest } from '@cairn/dto';
import { fileRef } from '@cairn/skill-kit/testing';
import { zipFiles } from '@cairn/web-package';

const text = (s: string) => new TextEncoder().encode(s);

const gameFiles = {
  'index.html': text('<!doctype html>'),
  'game_config.json': text(
    JSON.stringify({ audio: { bgm: { enabled: true, volume: 0.6, loop: true }, sfx: {} } }),
  ),
  'audio/bgm.mp3': text('music'),
};

/** The bytes of every file; any will do, the skill plays none. */
export const files = {
  intro: text('intro'),
  win: text('win'),
  lose: text('lose'),
  poster: text('poster'),
  game: zipFiles(new Map(Object.entries(gameFiles))),
  music: text('music'),
  click: text('click'),
};

const asset = (uri: string, type: 'video' | 'audio' | 'image' | 'bundle', bytes: Uint8Array) => ({
  uri,
  type,
  size_bytes: bytes.length,
  checksum: sha256(bytes),
  required: true,
});

export const manifest: CampaignManifest = {
  manifest_version: '1.0.0',
  campaign_id: 'summer-2026',
  campaign_name: 'Summer 2026',
  version: '1.0.0',
  created_at: '2026-11-21T09:30:00.000Z',
  updated_at: '2026-11-21T09:30:00.000Z',
  assets: {
    intro_video: asset('videos/intro.mp4', 'video', files.intro),
    win_video: asset('videos/win.mp4', 'video', files.win),
    lose_video: asset('videos/lose.mp4', 'video', files.lose),
    game_bundle: asset('game/index.html', 'bundle', gameFiles['index.html']),
    additional: [
      asset('audio/bgm.mp3', 'audio', files.music),
      asset('audio/sfx/click.mp3', 'audio', files.click),
      asset('game/audio/bgm.mp3', 'audio', gameFiles['audio/bgm.mp3']),
    ],
  },
  interaction: {
    button: {
      bounds: { x: 440, y: 500, width: 400, height: 110 },
      click_sound_uri: 'audio/sfx/click.mp3',
    },
    game_container: { entry_point: 'index.html', config_path: 'game_config.json' },
  },
  flow: {
    sequence: ['intro', 'game', 'outcome'],
    intro_to_game_trigger: 'button_click',
    game_to_outcome_trigger: 'game_outcome',
  },
  rules: { active: true, require_login: false },
  analytics: { enabled: false, events: [] },
  metadata: {},
  checksum: `sha256:${'0'.repeat(64)}`,
};

const poster = fileRef('image/poster', files.poster, { filename: 'poster.png' });

/** What a run of `campaign.build` gives this step. */
export const input = {
  manifest,
  theme: 'neon_arcade',
  locale: 'en-US',
  colors: { primary: '#ff2bd6', secondary: '#19e3ff', accent: '#ffe14d', background: '#0b0620' },
  videos: {
    intro: fileRef('video/intro', files.intro, { filename: 'intro.mp4' }),
    win: fileRef('video/win', files.win, { filename: 'win.mp4' }),
    lose: fileRef('video/lose', files.lose, { filename: 'lose.mp4' }),
  },
  posters: { intro: poster, win: poster, lose: poster },
  game: fileRef('bundle/game', files.game, { filename: 'game.zip' }),
  music: fileRef('audio/bgm', files.music, { filename: 'bgm.mp3' }),
  effects: { click: fileRef('audio/sfx', files.click, { filename: 'click.mp3' }) },
};
