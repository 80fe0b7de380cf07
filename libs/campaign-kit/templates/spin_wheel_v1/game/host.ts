import {
  asStartMessage,
  type GameMessage,
  type Outcome,
  type SoundMessage,
  type StartMessage,
} from '../../../browser/protocol.js';

/** Who the game plays for: the campaign's player around it, or nobody when it is opened by itself. */
export interface Host {
  readonly embedded: boolean;
  /** Says that the game is drawn; `start` is then called once the player wants it to begin. */
  ready(start: (options: Pick<StartMessage, 'muted' | 'keys'>) => void): void;
  outcome(outcome: Outcome, prize: string): void;
  sound(message: SoundMessage): void;
}

/** The page around the game, if there is one. */
export function connectHost(): Host {
  const embedded = window.parent !== window;
  const say = (message: GameMessage) => {
    if (embedded) window.parent.postMessage(message, '*');
  };
  return {
    embedded,
    ready(start) {
      if (!embedded) {
        start({ muted: false, keys: false });
        return;
      }
      addEventListener('message', event => {
        const message = event.source === window.parent ? asStartMessage(event.data) : undefined;
        if (message) start(message);
      });
      say({ type: 'cairn:ready' });
    },
    outcome: (outcome, prize) => say({ type: 'cairn:outcome', outcome, prize }),
    sound: say,
  };
}
