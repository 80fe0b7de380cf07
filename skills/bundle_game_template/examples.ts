import type { GameConfig } from '@cairn/dto';
import { fileRef } from '@cairn/skill-kit/testing';

/** Any bytes: the skill looks at no sound. */
export const files = {
  music: Buffer.from('music'),
  win: Buffer.from('win'),
  tick: Buffer.from('tick'),
};

export const config: GameConfig = {
  template_id: 'spin_wheel_v1',
  version: '1.0.0',
  settings: {
    duration_sec: 30,
    difficulty: { level: 'medium', win_probability: 0.35, parameters: {} },
    locale: 'en-US',
  },
  visuals: {
    theme: 'neon_arcade',
    colors: { primary: '#ff2bd6', secondary: '#19e3ff', accent: '#ffe14d', background: '#0b0620' },
    assets: {},
    animations: {},
  },
  audio: {
    bgm: { enabled: true, volume: 0.6, loop: true },
    sfx: { tick: { volume: 0.5 }, win: { volume: 0.9 } },
  },
  mechanics: {
    spin_duration_ms: 5200,
    prizes: [
      { label: '20% off', win: true, weight: 3 },
      { label: 'Try again', win: false },
    ],
  },
  copy: {
    title: 'Spin the wheel',
    instructions: 'Tap the button.',
    win_message: 'You won!',
    lose_message: 'Not this time.',
  },
};

/** What a run of `campaign.build` gives this step. */
export const input = {
  config,
  music: fileRef('audio/bgm', files.music, { filename: 'bgm.mp3' }),
  effects: {
    win: fileRef('audio/sfx', files.win, { filename: 'win.mp3' }),
    tick: fileRef('audio/sfx', files.tick, { filename: 'tick.wav' }),
  },
};
