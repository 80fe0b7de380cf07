/** Where sounds are. How loud they are is in the files: they are played at full level. */
export interface SoundSet {
  readonly music?: { readonly src: string; readonly loop: boolean };
  readonly effects: Readonly<Record<string, string>>;
}

/** What a game asks of its sound. */
export interface SoundOutput {
  readonly muted: boolean;
  /** Starts the music, now or as soon as the browser lets it. */
  start(): void;
  /** Stops the music, so that what follows is heard. */
  stop(): void;
  mute(muted: boolean): void;
  /** Plays an effect; one that is not there is silence. `strength` is 0..1. */
  play(effect: string, strength?: number): void;
}

/** Each effect has a few voices, so that quick ticks overlap instead of cutting each other off. */
const VOICES = 4;
/** Milliseconds between two starts of the same effect: more is noise. */
const GAP = 45;

/**
 * Music and effects through media elements: they alone load over `file://` and in a sandboxed frame. Until the
 * page has been touched a browser may refuse to play; the music is then tried again at the next touch.
 */
export class Sound implements SoundOutput {
  private readonly music?: HTMLAudioElement;
  private readonly voices = new Map<string, { elements: HTMLAudioElement[]; next: number; at: number }>();
  private wanted = false;
  private silent = false;

  constructor({ music, effects }: SoundSet) {
    if (music) {
      this.music = new Audio(music.src);
      this.music.loop = music.loop;
      this.music.preload = 'auto';
    }
    for (const [name, src] of Object.entries(effects)) {
      const elements = Array.from({ length: name === 'tick' ? VOICES : 1 }, () => {
        const element = new Audio(src);
        element.preload = 'auto';
        return element;
      });
      this.voices.set(name, { elements, next: 0, at: 0 });
    }
    for (const type of ['pointerup', 'keydown']) addEventListener(type, () => this.resume());
    document.addEventListener('visibilitychange', () =>
      document.hidden ? this.music?.pause() : this.resume(),
    );
  }

  get muted(): boolean {
    return this.silent;
  }

  start(): void {
    this.wanted = true;
    this.resume();
  }

  mute(silent: boolean): void {
    this.silent = silent;
    if (this.music) this.music.muted = silent;
    for (const { elements } of this.voices.values()) for (const element of elements) element.muted = silent;
    this.resume();
  }

  stop(): void {
    this.wanted = false;
    this.music?.pause();
  }

  play(name: string, strength = 1): void {
    const voice = this.voices.get(name);
    if (!voice || this.silent) return;
    const now = performance.now();
    if (now - voice.at < GAP) return;
    voice.at = now;
    const element = voice.elements[voice.next % voice.elements.length];
    voice.next += 1;
    if (!element) return;
    element.currentTime = 0;
    element.playbackRate = 0.9 + strength * 0.2;
    element.play().catch(() => undefined);
  }

  private resume(): void {
    if (!this.wanted || this.silent || !this.music || document.hidden || !this.music.paused) return;
    if (this.music.ended) return;
    this.music.play().catch(() => undefined);
  }
}
