import { setTimeout as delay } from 'node:timers/promises';

/** Between two looks; the condition decides, not the pause. Milliseconds. */
const PAUSE = 25;

/**
 * Waits until a condition holds: until it gives something else than undefined or false.
 * @throws Error naming what was waited for, when the deadline has passed.
 */
export async function waitUntil<T>(
  what: string,
  condition: () => T | undefined | false | Promise<T | undefined | false>,
  deadlineMs = 30_000,
): Promise<T> {
  const end = performance.now() + deadlineMs;
  for (;;) {
    const value = await condition();
    if (value !== undefined && value !== false) return value;
    if (performance.now() > end) throw new Error(`Not within ${deadlineMs} ms: ${what}`);
    await delay(PAUSE);
  }
}
