import { prefersLessMotion } from '../../../browser/dom.js';
import { showKeys } from '../../../browser/keys.js';
import { Sound, type SoundOutput } from '../../../browser/sound.js';
import { celebrate } from './celebrate.js';
import type { GameSettings } from './config.js';
import { Countdown } from './countdown.js';
import { makeDraggable } from './drag.js';
import type { Host } from './host.js';
import { restAngle } from './motion.js';
import { decide, fairRandom, segmentsOf, type Segment } from './odds.js';
import { Particles } from './particles.js';
import { RemoteSound } from './remote-sound.js';
import { spinWheel } from './spin.js';
import type { View } from './view.js';
import { drawWheel, type Wheel } from './wheel.js';

/** How long the result stands before the player goes on to the outcome's video, in milliseconds. */
const SHOWN_FOR = 2200;
const CALM_SPIN_MS = 1400;

/**
 * One game: idle, then spinning, then won or lost. The outcome is decided when the spin begins; the wheel is
 * then led to a field of that kind. When the time is up the wheel spins by itself, so that nobody loses by
 * having waited.
 */
export class SpinWheelGame {
  private readonly segments: readonly Segment[];
  private readonly wheel: Wheel;
  private readonly sound: SoundOutput;
  private readonly particles: Particles;
  private readonly countdown: Countdown;
  private angle = 0;
  private accepting = false;

  constructor(
    private readonly settings: GameSettings,
    private readonly view: View,
    private readonly host: Host,
  ) {
    const style = getComputedStyle(view.root);
    const { colours, texts, prizes } = settings;
    this.segments = segmentsOf(prizes);
    this.wheel = drawWheel(this.segments, {
      colours,
      font: style.fontFamily,
      locale: document.documentElement.lang,
      title: `${texts.wheel}: ${[...new Set(prizes.map(p => p.label))].join(', ')}`,
    });
    view.stage.append(this.wheel.element);
    const remote = host.embedded && location.protocol === 'file:';
    this.sound = remote ? new RemoteSound(host.sound) : new Sound(settings);
    this.particles = new Particles(
      view.sparks,
      style.getPropertyValue('--particles').trim() === 'paper' ? 'paper' : 'glow',
      [colours.primary, colours.secondary, colours.accent].filter(c => c !== undefined),
    );
    this.countdown = new Countdown(
      settings.durationMs,
      (left, fraction) => view.clock(left, fraction),
      () => void this.spin(1),
    );
  }

  /** Takes input, and tells the host. */
  open(): void {
    const { view } = this;
    this.turn(restAngle(0, this.segments.length, 0.5));
    view.muted(false);
    view.spin.addEventListener('click', () => void this.spin(1));
    view.again.addEventListener('click', () => this.again());
    view.sound.addEventListener('click', () => this.mute(!this.sound.muted));
    makeDraggable(this.wheel.element, {
      enabled: () => this.idle,
      angle: () => this.angle,
      turn: degrees => this.turn(degrees),
      spin: direction => void this.spin(direction),
    });
    addEventListener('keydown', event => {
      // A focused button already answers to these keys.
      if ((event.key === ' ' || event.key === 'Enter') && event.target === document.body) {
        event.preventDefault();
        void this.spin(1);
      }
    });
    this.host.ready(({ muted, keys }) => {
      this.accepting = true;
      if (keys) showKeys();
      if (muted) this.mute(true);
      this.sound.start();
      this.countdown.start();
      view.spin.focus({ preventScroll: true });
    });
  }

  private get idle(): boolean {
    return this.accepting && this.view.root.dataset.state === 'idle';
  }

  private turn(degrees: number): void {
    this.angle = degrees;
    this.wheel.turn(degrees);
  }

  private mute(muted: boolean): void {
    this.sound.mute(muted);
    this.view.muted(muted);
    this.host.sound({ type: 'cairn:sound', action: muted ? 'mute' : 'unmute', effect: '', strength: 1 });
  }

  private async spin(direction: 1 | -1): Promise<void> {
    if (!this.idle) return;
    const { view, settings, segments, sound } = this;
    const calm = prefersLessMotion();
    view.state('spinning');
    this.countdown.stop();
    sound.play('click');
    sound.play('spin');
    const { outcome, segment } = decide(segments, settings.winProbability, fairRandom);
    // Away from the edges, so that nobody can doubt which field was hit.
    const where = 0.2 + fairRandom() * 0.6;
    const durationMs = calm ? Math.min(CALM_SPIN_MS, settings.spinMs) : settings.spinMs;
    this.angle = await spinWheel(this.wheel, {
      from: this.angle,
      rest: restAngle(segment.index, segments.length, where),
      direction,
      durationMs,
      turns: calm ? 1 : Math.max(2, Math.round(durationMs / 850)),
      count: segments.length,
      onTick: strength => this.tick(strength, calm),
    });
    this.wheel.light(segment.index);
    this.finish(outcome, segment, calm);
  }

  private tick(strength: number, calm: boolean): void {
    this.sound.play('tick', strength);
    if (calm) return;
    const box = this.wheel.element.getBoundingClientRect();
    this.particles.burst(
      box.left + box.width / 2,
      box.top + box.height * 0.13,
      1 + Math.round(strength * 2),
      {
        degrees: 60,
        spread: 150,
        speed: 90 + 160 * strength,
        life: 0.5,
        size: 6,
      },
    );
  }

  private finish(outcome: 'won' | 'lost', segment: Segment, calm: boolean): void {
    const { view, settings, sound } = this;
    const won = outcome === 'won';
    view.state(outcome);
    view.result(
      segment.label || (won ? settings.texts.won : settings.texts.lost),
      won ? settings.winMessage : settings.loseMessage,
    );
    sound.stop();
    sound.play(won ? 'win' : 'lose');
    if (!calm) celebrate(this.particles, outcome, this.wheel.element.getBoundingClientRect());
    if (this.host.embedded) {
      setTimeout(() => this.host.outcome(outcome, segment.label), SHOWN_FOR);
      return;
    }
    view.again.hidden = false;
    view.again.focus({ preventScroll: true });
  }

  private again(): void {
    this.view.again.hidden = true;
    this.view.result('', '');
    this.wheel.dim();
    this.view.state('idle');
    this.countdown.reset();
    this.countdown.start();
    this.sound.start();
    this.view.spin.focus({ preventScroll: true });
  }
}
