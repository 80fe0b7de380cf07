import { describe, expect, test } from '@jest/globals';
import { AudioGenerationResult } from '../providers/interfaces/audio-provider.interface.js';
import { compile } from '../validate.js';
import { CampaignManifest } from './assemble-campaign-manifest.dto.js';
import { BundleManifest } from './bundle-game-template.dto.js';
import { GameConfig } from './game-config.dto.js';

const digest = `sha256:${'0a'.repeat(32)}`;
const config = {
  template_id: 'spin_wheel_v1',
  version: '1.0.0',
  settings: {
    duration_sec: 30,
    difficulty: { level: 'easy', win_probability: 1, parameters: { speed: 1.5 } },
    locale: 'en-US',
  },
  visuals: {
    theme: 'neon_arcade',
    colors: { primary: '#ff0000', secondary: 'blue', accent: 'rgb(0 0 0)', background: '#000' },
    assets: { logo: 'x.png' },
    animations: { intro: { ms: 1 } },
  },
  audio: { bgm: { enabled: true, volume: 0.5, loop: true }, sfx: { win: { volume: 1 } } },
  mechanics: { prizes: [] },
  copy: { title: 'a', instructions: 'b', win_message: 'c', lose_message: 'd' },
};
const ref = (uri: string, type: string) => ({ uri, type, size_bytes: 1, checksum: digest, required: true });
const manifest = {
  manifest_version: '1.0.0',
  campaign_id: 'a',
  campaign_name: 'A',
  version: '1.0.0',
  created_at: '2026-01-01T00:00:00Z',
  updated_at: '2026-01-01T00:00:00Z',
  assets: {
    intro_video: ref('videos/intro.mp4', 'video'),
    win_video: ref('videos/win.mp4', 'video'),
    lose_video: ref('https://cdn.example.com/lose.mp4', 'video'),
    game_bundle: ref('game/index.html', 'bundle'),
    additional: [],
  },
  interaction: {
    button: { bounds: { x: 0, y: 0, width: 1, height: 1 } },
    game_container: { entry_point: 'index.html', config_path: 'game_config.json' },
  },
  flow: { sequence: ['intro'], intro_to_game_trigger: 'a', game_to_outcome_trigger: 'b' },
  rules: { active: true, require_login: false },
  analytics: { enabled: false, events: [] },
  metadata: {},
  checksum: digest,
};
const bundle = {
  bundle_id: 'spin_wheel_v1-0a0a',
  template_id: 'spin_wheel_v1',
  version: '1.0.0',
  created_at: '1980-01-01T00:00:00Z',
  entry_point: 'index.html',
  checksum: digest,
  files: [{ path: 'index.html', size_bytes: 1, content_type: 'text/html', checksum: '0123456789abcdef' }],
  assets: { images: [], audio: [], video: [], models: [], configs: ['game_config.json'] },
  metadata: { total_size_bytes: 1, file_count: 1, optimizations_applied: [] },
};
const audio = {
  uri: 'audio/bgm.mp3',
  metadata: { providerId: 'stub', durationSec: 1, format: 'mp3', sampleRate: 44100, channels: 2 },
};

type Path = readonly (string | number)[];
/** A deep copy with one value replaced, or removed when it is undefined. */
function put<T>(document: T, path: Path, value: unknown): T {
  const copy = structuredClone(document);
  const parent = path
    .slice(0, -1)
    .reduce<Record<string, unknown>>(
      (at, key) => at[key] as Record<string, unknown>,
      copy as Record<string, unknown>,
    );
  const last = path[path.length - 1]!;
  if (value === undefined) delete parent[last];
  else parent[last] = value;
  return copy;
}

test.each([
  ['GameConfig', GameConfig, config],
  ['CampaignManifest', CampaignManifest, manifest],
  ['BundleManifest', BundleManifest, bundle],
  ['AudioGenerationResult', AudioGenerationResult, audio],
])('a complete %s is valid', (_name, schema, document) => {
  expect(compile(schema).check(document)).toEqual([]);
});

describe('the table of rules and codes', () => {
  test.each([
    [GameConfig, config, ['template_id'], '', 'VALIDATION_ERROR'],
    [GameConfig, config, ['settings', 'difficulty', 'level'], 'brutal', 'VALIDATION_ERROR'],
    [GameConfig, config, ['settings', 'difficulty', 'win_probability'], -0.1, 'VALIDATION_ERROR'],
    [GameConfig, config, ['settings', 'difficulty', 'win_probability'], 1.1, 'VALIDATION_ERROR'],
    [GameConfig, config, ['settings', 'duration_sec'], 0, 'VALIDATION_ERROR'],
    [GameConfig, config, ['visuals', 'colors', 'accent'], 'ff00ff', 'VALIDATION_ERROR'],
    [GameConfig, config, ['copy', 'extra'], 'x', 'VALIDATION_ERROR'],
    [CampaignManifest, manifest, ['assets', 'intro_video'], undefined, 'MISSING_ASSET'],
    [CampaignManifest, manifest, ['assets', 'win_video', 'uri'], '', 'MISSING_ASSET'],
    [CampaignManifest, manifest, ['assets', 'win_video', 'uri'], '../secret', 'MISSING_ASSET'],
    [CampaignManifest, manifest, ['assets', 'win_video', 'uri'], 'file:///etc/passwd', 'MISSING_ASSET'],
    [CampaignManifest, manifest, ['assets', 'win_video', 'checksum'], 'md5:1', 'INVALID_HASH'],
    [CampaignManifest, manifest, ['checksum'], digest.toUpperCase(), 'INVALID_HASH'],
    [
      CampaignManifest,
      manifest,
      ['interaction', 'game_container', 'entry_point'],
      'main.html',
      'VALIDATION_ERROR',
    ],
    [BundleManifest, bundle, ['files', 0, 'checksum'], '0123', 'INVALID_HASH'],
    [BundleManifest, bundle, ['files', 0, 'path'], '/abs', 'VALIDATION_ERROR'],
    [BundleManifest, bundle, ['assets', 'configs', 0], '../x', 'VALIDATION_ERROR'],
    [AudioGenerationResult, audio, ['metadata', 'sampleRate'], 48000, 'VALIDATION_ERROR'],
  ])('%#: %j', (schema, document, path, value, code) => {
    const broken = put(document as object, path as Path, value);
    expect(
      compile(schema)
        .check(broken)
        .map(i => [i.path, i.code]),
    ).toEqual([[`/${path.join('/')}`, code]]);
  });
});
