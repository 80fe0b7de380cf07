import { prefersLessMotion } from '../browser/dom.js';
import { usesKeys } from '../browser/keys.js';
import type { Outcome, SoundMessage } from '../browser/protocol.js';
import { Sound } from '../browser/sound.js';
import { reporter } from './analytics.js';
import { Clip } from './clip.js';
import { GameFrame } from './game-frame.js';
import { Hotspot } from './hotspot.js';
import type { PlayerPage } from './page.js';
import { destination } from './redirect.js';
import { PlayCount, refusal } from './rules.js';
import type { PlayerView } from './view.js';

/** Takes a visitor from the intro to the game, and from there to the outcome, as often as the rules allow. */
export class Player {
  private readonly intro: Clip;
  private readonly outcomes: Readonly<Record<Outcome, Clip>>;
  private readonly hotspot: Hotspot;
  private readonly plays: PlayCount;
  private readonly report: ReturnType<typeof reporter>;
  private readonly click?: HTMLAudioElement;
  private game: GameFrame | undefined;
  private gameSound: Sound | undefined;
  private current: Clip;
  private muted = true;
  /** The visitor has chosen: a touch elsewhere no longer switches the sound on. */
  private chosen = false;
  private leaving: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly page: PlayerPage,
    private readonly view: PlayerView,
  ) {
    const { manifest, posters, texts } = page;
    const { assets, interaction } = manifest;
    this.intro = new Clip(assets.intro_video.uri, texts.video, posters.intro);
    this.outcomes = {
      won: new Clip(assets.win_video.uri, texts.won, posters.win),
      lost: new Clip(assets.lose_video.uri, texts.lost, posters.lose),
    };
    this.current = this.intro;
    this.hotspot = new Hotspot(interaction.button, texts.play);
    this.plays = new PlayCount(manifest.campaign_id);
    this.report = reporter(manifest);
    const sound = interaction.button.click_sound_uri;
    if (sound !== undefined) this.click = new Audio(sound);
    view.frame.append(
      this.intro.element,
      this.outcomes.won.element,
      this.outcomes.lost.element,
      this.hotspot.element,
    );
    this.fit();
    this.wire();
  }

  /** Begins, or says why not. */
  async open(): Promise<void> {
    const refused = refusal(this.page.manifest.rules, new Date(), this.plays.get());
    if (refused) {
      this.close(this.page.texts[refused]);
      return;
    }
    this.show(this.intro);
    this.intro.preload();
    this.view.muted(true);
    this.loadGame();
    // Browsers let a silent video start by itself; who wants less motion starts it by hand.
    if (prefersLessMotion()) this.view.state('start');
    else await this.playIntro();
  }

  private wire(): void {
    const { view } = this;
    const { element } = this.intro;
    element.addEventListener('loadedmetadata', () => this.fit());
    view.start.addEventListener('click', () => {
      this.mute(false);
      void this.playIntro();
    });
    view.skip.addEventListener('click', () => this.current.skip());
    view.sound.addEventListener('click', () => {
      this.chosen = true;
      this.mute(!this.muted);
    });
    view.frame.addEventListener('click', () => {
      if (!this.chosen) this.mute(false);
    });
    view.again.addEventListener('click', () => void this.replay());
    view.onward.addEventListener('click', () => this.report('redirected'));
    this.hotspot.button.addEventListener('click', () => void this.playGame());
  }

  /** The frame has the intro's shape; until that is known, one that at least holds the button. */
  private fit(): void {
    const { videoWidth, videoHeight } = this.intro.element;
    const { x, y, width, height } = this.page.manifest.interaction.button.bounds;
    const size =
      videoWidth > 0
        ? { width: videoWidth, height: videoHeight }
        : { width: Math.max(1280, x + width), height: Math.max(720, y + height) };
    this.view.size(size.width, size.height);
    this.hotspot.place(size);
  }

  private show(clip: Clip): void {
    for (const each of [this.intro, this.outcomes.won, this.outcomes.lost])
      each.element.classList.toggle('shown', each === clip);
    this.current = clip;
  }

  private mute(muted: boolean): void {
    this.muted = muted;
    this.current.element.muted = muted;
    this.view.muted(muted);
  }

  private async playIntro(): Promise<void> {
    this.view.state('intro');
    try {
      const { ended } = await this.intro.play(this.muted);
      this.report('intro_started');
      await ended;
    } catch {
      this.view.state('start');
      this.view.start.focus({ preventScroll: true });
      return;
    }
    this.report('intro_completed');
    this.view.state('waiting');
    this.hotspot.show(!this.intro.failed);
  }

  private loadGame(): void {
    const { manifest, texts } = this.page;
    this.game?.remove();
    this.game = new GameFrame(manifest.assets.game_bundle.uri, texts.game, message => this.hear(message));
    this.view.gameBox.append(this.game.element);
  }

  /** Does what the game asks of its sound. */
  private hear({ action, effect, strength }: SoundMessage): void {
    if (action === 'mute' || action === 'unmute') {
      this.chosen = true;
      this.mute(action === 'mute');
      this.gameSound?.mute(this.muted);
      return;
    }
    if (!this.gameSound) {
      this.gameSound = new Sound(this.page.sounds);
      this.gameSound.mute(this.muted);
    }
    if (action === 'play') this.gameSound.play(effect, strength);
    else this.gameSound[action]();
  }

  private async playGame(): Promise<void> {
    const { view, game } = this;
    if (view.root.dataset.state !== 'waiting' || !game) return;
    if (!this.chosen) this.mute(false);
    if (this.click && !this.muted) this.click.play().catch(() => undefined);
    this.report('button_clicked');
    this.hotspot.hide();
    view.state('game');
    for (const clip of Object.values(this.outcomes)) clip.preload();
    this.plays.add();
    this.report('game_started');
    const result = await game.play({ muted: this.muted, keys: usesKeys() });
    if (!result) {
      this.close(this.page.texts.failed);
      return;
    }
    this.report(result.outcome === 'won' ? 'game_won' : 'game_lost');
    await this.playOutcome(result.outcome);
  }

  private async playOutcome(outcome: Outcome): Promise<void> {
    const { view } = this;
    const clip = this.outcomes[outcome];
    this.game?.rest();
    this.show(clip);
    view.state('outcome');
    try {
      const { ended } = await clip.play(this.muted);
      await ended;
    } catch {
      // Not even a touch has allowed sound: the last frame tells it as well.
      clip.skip();
    }
    this.end(outcome);
  }

  private end(outcome: Outcome): void {
    const { view, page } = this;
    this.report('completed');
    view.announce(outcome === 'won' ? page.texts.won : page.texts.lost);
    const onward = destination(page.manifest, outcome, {
      search: location.search,
      protocol: location.protocol,
      framed: window.parent !== window,
    });
    view.onward.hidden = !onward;
    if (onward) view.onward.href = onward.url;
    view.again.hidden = refusal(page.manifest.rules, new Date(), this.plays.get()) !== undefined;
    view.root.classList.toggle('unseen', this.outcomes[outcome].failed);
    view.state('end');
    (onward ? view.onward : view.again).focus({ preventScroll: true });
    if (onward?.afterMs !== undefined)
      this.leaving = setTimeout(() => {
        this.report('redirected');
        location.assign(onward.url);
      }, onward.afterMs);
  }

  private async replay(): Promise<void> {
    clearTimeout(this.leaving);
    this.report('replayed');
    this.view.announce('');
    this.show(this.intro);
    this.loadGame();
    await this.playIntro();
  }

  private close(text: string): void {
    this.game?.remove();
    this.hotspot.hide();
    this.view.notice(text);
    this.view.state('closed');
  }
}
