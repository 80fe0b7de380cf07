import { h } from '../browser/dom.js';
import {
  asGameMessage,
  type GameMessage,
  type OutcomeMessage,
  type SoundMessage,
  type StartMessage,
} from '../browser/protocol.js';

/** How long the game may take to say that it is ready, in milliseconds. */
const READY_WITHIN_MS = 15_000;

/**
 * The game in a frame that may run its script and nothing else: its origin is opaque, so it can neither read the
 * page around it nor be read. It loads while the intro plays, and starts when told.
 */
export class GameFrame {
  readonly element: HTMLIFrameElement;
  private readonly ready: Promise<boolean>;
  private stop = new AbortController();

  constructor(src: string, title: string, onSound: (message: SoundMessage) => void) {
    this.element = h('iframe', {
      class: 'game-frame',
      title,
      src,
      sandbox: 'allow-scripts',
      allow: 'autoplay',
      referrerpolicy: 'no-referrer',
    });
    this.element.inert = true;
    this.ready = new Promise(resolve => {
      this.listen(message => message.type === 'cairn:ready' && resolve(true));
      this.listen(message => message.type === 'cairn:sound' && onSound(message));
      setTimeout(() => resolve(false), READY_WITHIN_MS);
    });
  }

  /** Plays one game; resolves with how it ended, or undefined when there is no game. */
  async play(start: Omit<StartMessage, 'type'>): Promise<OutcomeMessage | undefined> {
    if (!(await this.ready)) return undefined;
    const outcome = new Promise<OutcomeMessage>(resolve =>
      this.listen(message => message.type === 'cairn:outcome' && resolve(message)),
    );
    this.element.inert = false;
    this.element.focus();
    this.element.contentWindow?.postMessage({ type: 'cairn:start', ...start } satisfies StartMessage, '*');
    return outcome;
  }

  /** Out of reach, but still there: removing it would break off what it is loading. */
  rest(): void {
    this.element.inert = true;
  }

  /** Takes the game off the page; a new frame is a new game. */
  remove(): void {
    this.stop.abort();
    this.element.remove();
  }

  private listen(handle: (message: GameMessage) => void): void {
    addEventListener(
      'message',
      event => {
        const message = event.source === this.element.contentWindow ? asGameMessage(event.data) : undefined;
        if (message) handle(message);
      },
      { signal: this.stop.signal },
    );
  }
}
