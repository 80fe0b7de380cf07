import { constants } from 'node:os';

/** One Ctrl-C may arrive twice: from the terminal, and from a parent that hands it on. */
const SAME_PRESS_MS = 1_000;

/**
 * A signal that the first SIGTERM or SIGINT aborts: the process should end in its own time. Another one a second or
 * more later ends it at once, with the exit code a shell gives to that signal.
 */
export function stopSignal(): AbortSignal {
  const stop = new AbortController();
  let first = 0;
  for (const name of ['SIGTERM', 'SIGINT'] as const)
    process.on(name, () => {
      if (!stop.signal.aborted) {
        first = performance.now();
        stop.abort();
      } else if (performance.now() - first >= SAME_PRESS_MS) {
        process.exit(128 + constants.signals[name]);
      }
    });
  return stop.signal;
}
