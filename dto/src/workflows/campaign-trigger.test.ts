import { describe, expect, test } from '@jest/globals';
import { withDefaults } from '../shape.js';
import { compile } from '../validate.js';
import { placeButton } from './button-place.js';
import { CampaignTrigger } from './campaign-trigger.dto.js';
import { campaignTriggerRules } from './campaign-trigger.rules.js';

const least = { campaign_id: 'summer-2026', campaign_name: 'Ëté 夏', template_id: 'spin_wheel_v1' };
const complete = (more: object = {}) => withDefaults(CampaignTrigger, { ...least, ...more });
const { check, parse } = compile(CampaignTrigger);
const issuesOf = (more: object) => {
  const trigger = complete(more);
  const issues = check(trigger);
  return issues.length > 0 ? issues : campaignTriggerRules(trigger as CampaignTrigger);
};

test('three fields are enough', () => {
  expect(parse(complete())).toEqual({
    ...least,
    version: '1.0.0',
    locale: 'en-US',
    theme: 'neon_arcade',
    colors: {},
    difficulty: {},
    duration_sec: 30,
    copy: {},
    mechanics: {},
    audio: { duration_sec: 30, format: 'mp3', volume: 0.6, enabled: true },
    video: { width: 1280, height: 720, fps: 24, duration_sec: 4 },
    button: {},
    rules: { active: true, require_login: false },
    analytics: { enabled: false, events: [] },
  });
  expect(issuesOf({})).toEqual([]);
});

test('every field of the specification is taken', () => {
  const all = {
    brief: 'A summer sale',
    version: '2.1.0',
    locale: 'zh-Hans-CN',
    theme: 'paper_carnival',
    colors: { primary: 'tomato', secondary: '#1f8a8c', accent: 'rgb(1 2 3)', background: 'hsl(40 50% 90%)' },
    difficulty: { level: 'hard', win_probability: 0 },
    duration_sec: 300,
    copy: { title: 'a', instructions: 'b', win_message: 'c', lose_message: 'd' },
    mechanics: { prizes: [{ label: 'x', win: true }] },
    audio: { duration_sec: 1, format: 'wav', volume: 0, enabled: false },
    video: { width: 160, height: 1920, fps: 60, duration_sec: 30 },
    button: { x: 0, y: 1900, width: 160, height: 20, label: 'Los' },
    branding: {
      brand_name: 'ACME',
      logo_uri: 'https://example.com/l.png',
      colors: { primary: 'red' },
      font_family: 'X',
    },
    rules: {
      active: false,
      start_date: '2026-01-01',
      end_date: '2026-02-01T00:00:00Z',
      max_plays_per_user: 3,
      global_win_rate: 0.1,
      require_login: true,
      allowed_regions: ['DE', 'US-CA'],
      excluded_regions: ['US-NY'],
      rate_limiting: { plays_per_minute: 5 },
    },
    analytics: { enabled: true, tracking_id: 'G-1', events: ['play'] },
    outcome_redirect: { win_url: 'https://example.com/w', lose_url: 'http://example.com/l', delay_ms: 0 },
  };
  expect(issuesOf(all)).toEqual([]);
});

describe('each rule names its path', () => {
  const cases: readonly (readonly [string, object])[] = [
    ['/campaign_id', { campaign_id: '..' }],
    ['/campaign_id', { campaign_id: '.hidden' }],
    ['/campaign_id', { campaign_id: 'a/b' }],
    ['/campaign_id', { campaign_id: 'a'.repeat(65) }],
    ['/campaign_id', { campaign_id: 'a\n' }],
    ['/campaign_name', { campaign_name: '' }],
    ['/campaign_name', { campaign_name: '  ' }],
    ['/campaign_name', { campaign_name: 'n'.repeat(121) }],
    ['/template_id', { template_id: '../../etc' }],
    ['/theme', { theme: 'neon/../x' }],
    ['/brief', { brief: 'b'.repeat(4001) }],
    ['/locale', { locale: 'english!' }],
    ['/colors/primary', { colors: { primary: 'blurple' } }],
    ['/colors/tertiary', { colors: { tertiary: 'red' } }],
    ['/difficulty/level', { difficulty: { level: 'extreme' } }],
    ['/difficulty/win_probability', { difficulty: { win_probability: 1.01 } }],
    ['/difficulty/win_probability', { difficulty: { win_probability: '0.5' } }],
    ['/duration_sec', { duration_sec: 0 }],
    ['/duration_sec', { duration_sec: 300.5 }],
    ['/copy/title', { copy: { title: 't'.repeat(281) } }],
    ['/mechanics/a b', { mechanics: { 'a b': 1 } }],
    ['/audio/duration_sec', { audio: { duration_sec: 121 } }],
    ['/audio/format', { audio: { format: 'ogg' } }],
    ['/audio/volume', { audio: { volume: -0.1 } }],
    ['/video/width', { video: { width: 161 } }],
    ['/video/height', { video: { height: 1922 } }],
    ['/video/fps', { video: { fps: 11 } }],
    ['/video/duration_sec', { video: { duration_sec: 31 } }],
    ['/button/height', { button: { x: 1, y: 1, width: 10 } }],
    ['/button/width', { button: { x: 1000, y: 0, width: 281, height: 10 } }],
    ['/button/height', { button: { x: 0, y: 700, width: 10, height: 21 } }],
    ['/branding/brand_name', { branding: {} }],
    ['/rules/end_date', { rules: { start_date: '2026-02-01', end_date: '2026-02-01' } }],
    ['/rules/start_date', { rules: { start_date: 'soon' } }],
    ['/rules/excluded_regions/1', { rules: { allowed_regions: ['DE'], excluded_regions: ['FR', 'DE'] } }],
    ['/rules/max_plays_per_user', { rules: { max_plays_per_user: 0 } }],
    ['/analytics/events/0', { analytics: { events: [5] } }],
    ['/outcome_redirect/win_url', { outcome_redirect: { win_url: 'javascript:alert(1)' } }],
    ['/surprise', { surprise: 1 }],
  ];
  test.each(cases)('%s %j', (path, more) => {
    expect(issuesOf(more).map(issue => [issue.path, issue.code])).toEqual([[path, 'VALIDATION_ERROR']]);
  });
});

describe('placeButton', () => {
  test('keeps a place that was asked for', () => {
    expect(placeButton({ width: 640, height: 360 }, { x: 1, y: 2, width: 3, height: 4 })).toEqual({
      x: 1,
      y: 2,
      width: 3,
      height: 4,
    });
  });

  test('in the default frame', () => {
    expect(placeButton({ width: 1280, height: 720 })).toEqual({ x: 440, y: 500, width: 400, height: 110 });
  });

  test('lies inside every frame that a trigger may ask for', () => {
    for (let width = 160; width <= 1920; width += 80)
      for (let height = 160; height <= 1920; height += 80)
        expect(issuesOf({ video: { width, height } })).toEqual([]);
  });
});
