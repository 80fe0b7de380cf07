import { h } from '../browser/dom.js';

/** How long a video may take to start or to go on before the player moves on without it, in milliseconds. */
const STALLED_MS = 8000;

/** One of the campaign's videos. A clip that fails or stalls counts as ended: nobody gets stuck. */
export class Clip {
  readonly element: HTMLVideoElement;
  /** True once the video has turned out not to be playable. */
  failed = false;
  private finish: (() => void) | undefined;
  private watchdog: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly src: string,
    label: string,
    poster?: string,
  ) {
    this.element = h('video', {
      class: 'clip',
      playsinline: true,
      'webkit-playsinline': true,
      preload: 'metadata',
      disablepictureinpicture: true,
      'aria-label': label,
      poster,
    });
    this.element.src = src;
    for (const type of ['timeupdate', 'playing']) this.element.addEventListener(type, () => this.watch());
    this.element.addEventListener('ended', () => this.end());
    this.element.addEventListener('error', () => {
      this.failed = true;
      this.end();
    });
  }

  /** Loads it in full. */
  preload(): void {
    this.element.preload = 'auto';
  }

  /**
   * Plays from the start; resolves when it has ended.
   * @throws DOMException when the browser wants a touch first.
   */
  async play(muted: boolean): Promise<{ readonly ended: Promise<void> }> {
    this.element.muted = muted;
    const ended = new Promise<void>(resolve => (this.finish = resolve));
    if (this.failed) {
      this.end();
      return { ended };
    }
    if (this.element.currentTime > 0) this.element.currentTime = 0;
    this.watch();
    try {
      await this.element.play();
    } catch (error) {
      if (error instanceof DOMException && error.name === 'NotAllowedError') {
        this.unwatch();
        throw error;
      }
      // Skipped before it began, or not playable: `error` and `ended` say which.
      if (this.element.error || !this.src) this.end();
    }
    return { ended };
  }

  /** Goes to the last frame. */
  skip(): void {
    const { element } = this;
    if (Number.isFinite(element.duration)) element.currentTime = Math.max(0, element.duration - 0.001);
    element.pause();
    this.end();
  }

  private watch(): void {
    this.unwatch();
    if (this.finish) this.watchdog = setTimeout(() => this.stalled(), STALLED_MS);
  }

  private stalled(): void {
    // A hidden page's video rests: that is no fault.
    if (document.hidden) this.watch();
    else this.end();
  }

  private unwatch(): void {
    clearTimeout(this.watchdog);
  }

  private end(): void {
    this.unwatch();
    this.finish?.();
    this.finish = undefined;
  }
}
