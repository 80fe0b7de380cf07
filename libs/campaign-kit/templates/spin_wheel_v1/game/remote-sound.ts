import type { SoundMessage } from '../../../browser/protocol.js';
import type { SoundOutput } from '../../../browser/sound.js';

/** Sound that the page around the game plays: see the protocol for why. */
export class RemoteSound implements SoundOutput {
  private silent = false;

  constructor(private readonly say: (message: SoundMessage) => void) {}

  get muted(): boolean {
    return this.silent;
  }

  start(): void {
    this.send('start');
  }

  stop(): void {
    this.send('stop');
  }

  mute(muted: boolean): void {
    this.silent = muted;
    this.send(muted ? 'mute' : 'unmute');
  }

  play(effect: string, strength = 1): void {
    if (!this.silent) this.send('play', effect, strength);
  }

  private send(action: SoundMessage['action'], effect = '', strength = 1): void {
    this.say({ type: 'cairn:sound', action, effect, strength });
  }
}
