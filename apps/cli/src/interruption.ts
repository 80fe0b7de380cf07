/** Why the command was told to end. */
export class Interrupted extends Error {
  constructor(readonly signalName: 'SIGINT' | 'SIGTERM' | 'SIGHUP') {
    super(`Ended by ${signalName}`);
    this.name = 'Interrupted';
  }
  get exitCode(): number {
    return 128 + { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 }[this.signalName];
  }
}

/** One Ctrl-C arrives several times: from the terminal, from npm and from the start script. */
const SAME_PRESS_MS = 1_000;

/**
 * Turns signals into an AbortSignal with an {@link Interrupted} as its reason.
 * @param again called for a signal that comes a second or more after the first: someone has lost patience.
 */
export function onInterruption(again: (reason: Interrupted) => void): AbortController {
  const controller = new AbortController();
  let first = 0;
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(name, () => {
      if (first === 0) {
        first = Date.now();
        controller.abort(new Interrupted(name));
      } else if (Date.now() - first >= SAME_PRESS_MS) {
        again(new Interrupted(name));
      }
    });
  }
  return controller;
}
