import { h, svg } from '../browser/dom.js';
import type { PlayerPage } from './page.js';

/**
 * start: waits for a touch. intro: the video plays. waiting: its last frame stands, the button is live.
 * game, outcome, end follow; closed: the rules, or a fault, forbid to play.
 */
export type PlayerState = 'start' | 'intro' | 'waiting' | 'game' | 'outcome' | 'end' | 'closed';

export interface PlayerView {
  readonly root: HTMLElement;
  /** The letterboxed picture; videos and hotspot stand in it. */
  readonly frame: HTMLElement;
  readonly gameBox: HTMLElement;
  readonly start: HTMLButtonElement;
  readonly skip: HTMLButtonElement;
  readonly sound: HTMLButtonElement;
  readonly again: HTMLButtonElement;
  readonly onward: HTMLAnchorElement;
  state(state: PlayerState): void;
  size(width: number, height: number): void;
  muted(muted: boolean): void;
  notice(text: string): void;
  /** Says something to a screen reader, and shows it on the end card. */
  announce(text: string): void;
}

function soundIcon() {
  return svg(
    'svg',
    { viewBox: '0 0 24 24', 'aria-hidden': 'true' },
    svg('path', { class: 'speaker', d: 'M3 9.5v5h3.6L11.5 19V5L6.6 9.5Z' }),
    svg('path', { class: 'waves', d: 'M14.6 9a4.2 4.2 0 0 1 0 6M17 6.5a7.8 7.8 0 0 1 0 11' }),
    svg('path', { class: 'cross', d: 'M15.5 9.5l5 5m0-5l-5 5' }),
  );
}

const pill = (name: string, text: string) =>
  h('button', { class: `pill ${name}`, type: 'button' }, h('span', { dir: 'auto' }, text));

/** Builds the page; all copy goes in as text. */
export function buildView({ manifest, theme, texts }: PlayerPage): PlayerView {
  const sound = h('button', { class: 'round sound', type: 'button' }, soundIcon());
  const skip = pill('skip', texts.skip);
  const again = pill('again', texts.again);
  const onward = h(
    'a',
    { class: 'pill onward', target: '_blank', rel: 'noopener noreferrer', hidden: true },
    h('span', { dir: 'auto' }, texts.continue),
  );
  const start = h(
    'button',
    { class: 'start', type: 'button' },
    svg('svg', { viewBox: '0 0 48 48', 'aria-hidden': 'true' }, svg('path', { d: 'M17 11v26l21-13Z' })),
    h('span', { class: 'start-text', dir: 'auto' }, texts.start),
  );
  const words = h('p', { class: 'notice-text', dir: 'auto' });
  const status = h('p', { class: 'status', role: 'status', 'aria-live': 'polite', dir: 'auto' });
  const frame = h('div', { class: 'frame' });
  const gameBox = h('div', { class: 'game-box' });
  const root = h(
    'main',
    { class: 'player', 'data-state': 'start', 'data-theme': theme, 'aria-label': manifest.campaign_name },
    h('div', { class: 'backdrop', 'aria-hidden': 'true' }, h('i'), h('i'), h('i')),
    h('div', { class: 'picture' }, frame),
    gameBox,
    h('div', { class: 'controls' }, skip, sound),
    start,
    h('div', { class: 'end-card' }, status, h('div', { class: 'choices' }, onward, again)),
    h('div', { class: 'notice', role: 'alert' }, h('h1', { dir: 'auto' }, manifest.campaign_name), words),
  );
  return {
    root,
    frame,
    gameBox,
    start,
    skip,
    sound,
    again,
    onward,
    state: state => (root.dataset.state = state),
    size(width, height) {
      root.style.setProperty('--frame-width', String(width));
      root.style.setProperty('--frame-height', String(height));
    },
    muted(muted) {
      const label = muted ? texts.sound_on : texts.sound_off;
      sound.setAttribute('aria-label', label);
      sound.title = label;
      sound.dataset.muted = String(muted);
    },
    notice: text => (words.textContent = text),
    announce: text => (status.textContent = text),
  };
}
