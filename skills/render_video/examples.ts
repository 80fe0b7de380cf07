import type { Static } from '@cairn/skill-kit';
import type { renderVideo } from './skill.js';

type Input = Static<typeof renderVideo.spec.input> & Record<string, unknown>;

/** Small and short: a second of twelve pictures. */
const frame = { width: 320, height: 180, fps: 12, duration_sec: 1 };

/** The opening of a campaign, with a button. */
export const intro: Input = {
  role: 'intro',
  title: 'Spin & Win the Summer',
  locale: 'en-US',
  theme: 'neon_arcade',
  colors: { primary: '#ff2d95', secondary: '#21d4fd', accent: '#ffe14d', background: '#1a0b3b' },
  frame,
  button: { x: 110, y: 125, width: 100, height: 27, label: 'Play now' },
};

/** A win in a right-to-left script, without a button. */
export const win: Input = {
  role: 'win',
  title: 'مبروك! لقد ربحت جائزة',
  locale: 'ar',
  theme: 'paper_carnival',
  colors: { primary: '#d8432f', secondary: '#2f8f83', accent: '#f4b03e', background: '#fbf0dc' },
  frame,
};

/** A loss, in Japanese. */
export const lose: Input = { ...win, role: 'lose', title: '残念！また明日挑戦してください', locale: 'ja' };
