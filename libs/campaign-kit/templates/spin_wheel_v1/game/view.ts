import { h, svg } from '../../../browser/dom.js';
import type { GameSettings } from './config.js';

export type GameState = 'idle' | 'spinning' | 'won' | 'lost';

export interface View {
  readonly root: HTMLElement;
  readonly stage: HTMLElement;
  readonly spin: HTMLButtonElement;
  readonly again: HTMLButtonElement;
  readonly sound: HTMLButtonElement;
  readonly sparks: HTMLCanvasElement;
  state(state: GameState): void;
  clock(leftMs: number, fraction: number): void;
  muted(muted: boolean): void;
  /** Shows how it ended; read out by a screen reader. */
  result(heading: string, message: string): void;
}

const RING = 2 * Math.PI * 15.5;

function clockFace(label: string) {
  const seconds = h('span', { class: 'clock-text' });
  const ring = svg('circle', {
    class: 'clock-ring',
    r: 15.5,
    cx: 18,
    cy: 18,
    'stroke-dasharray': RING.toFixed(2),
  });
  const face = svg(
    'svg',
    { viewBox: '0 0 36 36', 'aria-hidden': 'true' },
    svg('circle', { class: 'clock-track', r: 15.5, cx: 18, cy: 18 }),
    ring,
  );
  return {
    element: h('div', { class: 'clock', role: 'timer', 'aria-label': label }, face, seconds),
    seconds,
    ring,
  };
}

function soundButton(): HTMLButtonElement {
  const icon = svg(
    'svg',
    { viewBox: '0 0 24 24', 'aria-hidden': 'true' },
    svg('path', { class: 'speaker', d: 'M3 9.5v5h3.6L11.5 19V5L6.6 9.5Z' }),
    svg('path', { class: 'waves', d: 'M14.6 9a4.2 4.2 0 0 1 0 6M17 6.5a7.8 7.8 0 0 1 0 11' }),
    svg('path', { class: 'cross', d: 'M15.5 9.5l5 5m0-5l-5 5' }),
  );
  return h('button', { class: 'sound', type: 'button' }, icon);
}

/** Long titles are set smaller. */
const titleClass = (title: string) =>
  title.length > 110 ? 'longest' : title.length > 42 ? 'long' : undefined;

/** Builds the page; all copy goes in as text. */
export function buildView(settings: GameSettings): View {
  const { texts } = settings;
  const clock = clockFace(texts.time_left);
  const sound = soundButton();
  const spin = h('button', { class: 'spin', type: 'button' }, h('span', { dir: 'auto' }, texts.spin));
  const again = h(
    'button',
    { class: 'again', type: 'button', hidden: true },
    h('span', { dir: 'auto' }, texts.again),
  );
  const heading = h('p', { class: 'prize', dir: 'auto' });
  const message = h('p', { class: 'message', dir: 'auto' });
  const stage = h('div', { class: 'stage' });
  const sparks = h('canvas', { class: 'sparks', 'aria-hidden': 'true' });
  const backdrop = h('div', { class: 'backdrop', 'aria-hidden': 'true' }, h('i'), h('i'), h('i'), h('i'));
  const root = h(
    'main',
    { class: 'game', 'data-state': 'idle', 'data-theme': settings.theme },
    backdrop,
    h('header', { class: 'hud' }, clock.element, sound),
    h(
      'div',
      { class: 'words' },
      h('h1', { dir: 'auto', class: titleClass(settings.title) }, settings.title),
      h('p', { class: 'how', dir: 'auto' }, settings.instructions),
    ),
    stage,
    h('div', { class: 'action' }, spin),
    h(
      'div',
      { class: 'result' },
      h('div', { class: 'card', role: 'status', 'aria-live': 'polite' }, heading, message),
      again,
    ),
    sparks,
  );
  return {
    root,
    stage,
    spin,
    again,
    sound,
    sparks,
    state(state) {
      root.dataset.state = state;
      spin.disabled = state !== 'idle';
    },
    clock(leftMs, fraction) {
      const text = String(Math.ceil(leftMs / 1000));
      if (clock.seconds.textContent !== text) clock.seconds.textContent = text;
      clock.ring.setAttribute('stroke-dashoffset', (RING * (1 - fraction)).toFixed(2));
      clock.element.classList.toggle('hurry', leftMs <= 5000);
    },
    muted(muted) {
      sound.setAttribute('aria-label', muted ? texts.sound_on : texts.sound_off);
      sound.title = muted ? texts.sound_on : texts.sound_off;
      sound.dataset.muted = String(muted);
    },
    result(text, detail) {
      heading.textContent = text;
      message.textContent = detail;
    },
  };
}
