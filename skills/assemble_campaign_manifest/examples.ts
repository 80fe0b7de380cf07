import { zipFiles } from '@cairn/web-package';
import type { Input } from './manifest.js';

const digest = (digit: string): string => `sha256:${digit.repeat(64)}`;
const file = <K extends string>(type: K, digit: string, filename: string) => ({
  type,
  digest: digest(digit),
  size: 1000,
  filename,
});

/** When the example's run was created. */
export const createdAt = '2026-11-21T09:30:00.000Z';

/** A small game as `bundle_game_template` packs it. */
export const gameFiles: Readonly<Record<string, string>> = {
  'index.html': '<!doctype html><title>Game</title>',
  'game_config.json': '{}',
  'audio/bgm.mp3': 'music',
};
export const gameZip = (files: Readonly<Record<string, string>> = gameFiles): Uint8Array =>
  zipFiles(new Map(Object.entries(files).map(([name, text]) => [name, Buffer.from(text)])));

/** Every kind of file, and every optional field of a campaign. */
export const example: Input = {
  campaign: {
    campaign_id: 'summer-2026',
    campaign_name: 'Summer 2026',
    version: '1.0.0',
    rules: { active: true, require_login: false, max_plays_per_user: 3 },
    analytics: { enabled: true, events: ['play'] },
    branding: { brand_name: 'ACME', colors: { primary: 'tomato' } },
    outcome_redirect: { win_url: 'https://example.com/won', delay_ms: 3000 },
  },
  config: { template_id: 'spin_wheel_v1', version: '1.0.0' },
  locale: 'en-US',
  theme: 'neon_arcade',
  videos: {
    intro: file('video/intro', '1', 'intro.mp4'),
    win: file('video/win', '2', 'win.mp4'),
    lose: file('video/lose', '3', 'lose.mp4'),
  },
  posters: {
    intro: file('image/poster', '4', 'intro.png'),
    win: file('image/poster', '5', 'win.png'),
    lose: file('image/poster', '6', 'lose.png'),
  },
  game: file('bundle/game', '7', 'game.zip'),
  music: file('audio/bgm', '8', 'bgm.mp3'),
  effects: { click: file('audio/sfx', '9', 'click.mp3') },
  button: {
    bounds: { x: 440, y: 500, width: 400, height: 110 },
    mask_polygon: [
      [440, 500],
      [840, 500],
      [840, 610],
      [440, 610],
    ],
  },
  now: createdAt,
};
