import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findTheme } from '@cairn/campaign-kit';
import type { BundleManifest, CampaignManifest, GameConfig } from '@cairn/dto';
import type { FileRef } from '@cairn/skill-kit';
import { unpackInto } from '../support/unpack.js';
import { bytesOf, keep, runSkill } from './run-skill.js';
import { tone } from './tone.js';

/** What a test varies; everything else is the same in each. */
export interface CampaignOptions {
  readonly winProbability?: number;
  readonly theme?: string;
  readonly locale?: string;
  readonly name?: string;
  readonly durationSec?: number;
  readonly spinMs?: number;
  readonly copy?: Partial<GameConfig['copy']>;
  readonly prizes?: readonly { label: string; win: boolean; weight?: number }[];
  readonly rules?: Partial<CampaignManifest['rules']>;
  readonly redirect?: CampaignManifest['flow']['outcome_redirect'];
  /** Files that are no videos, as after a broken transfer. */
  readonly brokenVideos?: boolean;
}

const EFFECTS = { click: 700, lose: 150, spin: 300, tick: 1200, win: 880 };
const FRAME = { width: 320, height: 180, fps: 12, duration_sec: 1 };
/** In the pixels of that frame. */
export const BUTTON = { x: 100, y: 120, width: 120, height: 34 };

function gameConfig(options: CampaignOptions): GameConfig {
  const theme = options.theme ?? 'neon_arcade';
  const look = findTheme(theme);
  if (!look) throw new Error(`There is no theme ${theme}`);
  return {
    template_id: 'spin_wheel_v1',
    version: '1.0.0',
    settings: {
      duration_sec: options.durationSec ?? 30,
      difficulty: { level: 'medium', win_probability: options.winProbability ?? 0.5, parameters: {} },
      locale: options.locale ?? 'en-US',
    },
    visuals: { theme, colors: look.colors as GameConfig['visuals']['colors'], assets: {}, animations: {} },
    audio: {
      bgm: { enabled: true, volume: 0.4, loop: true },
      sfx: Object.fromEntries(Object.keys(EFFECTS).map(name => [name, { volume: 0.5 }])),
    },
    mechanics: {
      spin_duration_ms: options.spinMs ?? 1000,
      prizes: options.prizes ?? [
        { label: '20% off', win: true },
        { label: 'Try again', win: false },
        { label: 'Free shipping', win: true },
        { label: 'So close', win: false },
      ],
    },
    copy: {
      title: 'Spin the wheel',
      instructions: 'Tap the button and let luck decide.',
      win_message: 'You won! Show this at the counter.',
      lose_message: 'Not this time. Thank you for playing!',
      ...options.copy,
    },
  };
}

const sounds = () => ({
  music: keep('audio/bgm', tone(220, 1), 'bgm.wav'),
  effects: Object.fromEntries(
    Object.entries(EFFECTS).map(([name, hertz]) => [
      name,
      keep('audio/sfx', tone(hertz, 0.1), `${name}.wav`),
    ]),
  ),
});

interface Game {
  readonly game: FileRef<'bundle/game'>;
  readonly files: BundleManifest;
}

/** The zip of a game, made by its skill. */
export async function buildGame(options: CampaignOptions = {}): Promise<Game> {
  return runSkill<Game>('bundle-game-template', { config: gameConfig(options), ...sounds() });
}

const unpacked: string[] = [];

/** Unpacks a zip into a folder of its own. @returns the folder */
export async function unpack(zip: FileRef): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'cairn-browser-'));
  unpacked.push(folder);
  unpackInto(folder, bytesOf(zip));
  return folder;
}

/** Removes what {@link unpack} has made in this test file. */
export async function removeUnpacked(): Promise<void> {
  await Promise.all(unpacked.splice(0).map(folder => rm(folder, { recursive: true })));
}

interface Clip {
  readonly video: FileRef<`video/${string}`>;
  readonly poster?: FileRef<'image/poster'>;
  readonly button?: { readonly bounds: typeof BUTTON };
}
// The same three clips serve every campaign of one language: rendering is not what is tested here.
const clips = new Map<string, Promise<Clip>>();

function clip(role: 'intro' | 'win' | 'lose', config: GameConfig): Promise<Clip> {
  const { locale } = config.settings;
  const { theme, colors } = config.visuals;
  const key = `${role} ${locale} ${theme}`;
  const known = clips.get(key);
  if (known) return known;
  const title = { intro: config.copy.title, win: config.copy.win_message, lose: config.copy.lose_message }[
    role
  ];
  const button = role === 'intro' ? { button: { ...BUTTON, label: 'Play' } } : {};
  const made = runSkill<Clip>('render-video', {
    role,
    title,
    locale,
    theme,
    colors,
    frame: FRAME,
    ...button,
  });
  clips.set(key, made);
  return made;
}

const broken = (role: string): Clip => ({
  video: keep(`video/${role}`, Buffer.from('no video'), `${role}.mp4`),
});

/** A whole campaign's package, made by the skills that make it in a run. */
export async function buildCampaign(options: CampaignOptions = {}): Promise<FileRef> {
  const config = gameConfig(options);
  const [intro, win, lose] = options.brokenVideos
    ? [broken('intro'), broken('win'), broken('lose')]
    : [await clip('intro', config), await clip('win', config), await clip('lose', config)];
  const { music, effects } = sounds();
  const { game } = await runSkill<Game>('bundle-game-template', { config, music, effects });
  const { locale } = config.settings;
  const { theme, colors } = config.visuals;
  const media = { videos: { intro: intro.video, win: win.video, lose: lose.video }, game, music, effects };
  const { manifest } = await runSkill<{ manifest: CampaignManifest }>('assemble-campaign-manifest', {
    ...media,
    campaign: {
      campaign_id: 'browser-test',
      campaign_name: options.name ?? 'Browser test',
      version: '1.0.0',
      rules: { active: true, require_login: false, ...options.rules },
      analytics: { enabled: false, events: [] },
      ...(options.redirect && { outcome_redirect: options.redirect }),
    },
    config: { template_id: config.template_id, version: config.version },
    locale,
    theme,
    button: intro.button ?? { bounds: BUTTON },
    now: '2026-01-01T00:00:00Z',
  });
  const { campaign } = await runSkill<{ campaign: FileRef }>('package-campaign', {
    ...media,
    manifest,
    theme,
    locale,
    colors,
  });
  return campaign;
}
