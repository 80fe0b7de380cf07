const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** After the first attempt, the second …: ten attempts over some four days. Milliseconds. */
export const RETRY_AFTER_MS: readonly number[] = [
  ...[5 * SECOND, 30 * SECOND, 2 * MINUTE, 10 * MINUTE],
  ...[HOUR, 6 * HOUR, 12 * HOUR, 24 * HOUR, 24 * HOUR, 24 * HOUR],
];

/** A receiver that asks for more time than this does not get it. */
const MOST_ASKED = 24 * HOUR;
/** What comes on top at most, so that what failed together is not sent again together. */
const JITTER = 0.2;

/**
 * When the next attempt is due: not before the receiver wants it. Milliseconds from now on; undefined after the last.
 * @param attempts how many there were
 * @param random from 0 to 1
 */
export function nextAttemptIn(
  attempts: number,
  {
    schedule,
    retryAfterMs = 0,
    random,
  }: { schedule: readonly number[]; retryAfterMs?: number; random: number },
): number | undefined {
  const delay = schedule[attempts - 1];
  if (delay === undefined) return undefined;
  return Math.round(Math.max(delay * (1 + random * JITTER), Math.min(retryAfterMs, MOST_ASKED)));
}
