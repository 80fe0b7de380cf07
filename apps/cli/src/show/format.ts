import sliceAnsi from 'slice-ansi';
import stringWidth from 'string-width';

/** `24 ms`, `0.4 s`, `12.3 s`, `2 min 5 s`. */
export function duration(ms: number): string {
  if (ms < 100) return `${Math.max(0, Math.round(ms))} ms`;
  const seconds = ms / 1000;
  if (seconds < 59.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)} min ${whole % 60} s`;
}

/** `812 B`, `1.9 kB`, `7.9 MB`: powers of 1000, as file managers show them. */
export function bytes(count: number): string {
  if (count < 1000) return `${count} B`;
  const units = ['kB', 'MB', 'GB', 'TB'];
  let value = count / 1000;
  let unit = 0;
  while (value >= 999.95 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${value.toFixed(1)} ${units[unit]}`;
}

/** `1 step`, `3 steps`. */
export const counted = (count: number, word: string) => `${count} ${word}${count === 1 ? '' : 's'}`;

/** Pads to a width in terminal columns; wide characters count twice. */
export function padEnd(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - stringWidth(text)));
}
export function padStart(text: string, width: number): string {
  return ' '.repeat(Math.max(0, width - stringWidth(text))) + text;
}

/** Cuts to a width in terminal columns, with an ellipsis in place of what is missing; keeps colours. */
export function fit(text: string, width: number): string {
  if (stringWidth(text) <= width) return text;
  if (width < 1) return '';
  const cut = sliceAnsi(text, 0, width - 1);
  // A wide character on the edge is taken whole.
  return `${stringWidth(cut) < width ? cut : sliceAnsi(text, 0, width - 2)}…`;
}

/** One line without control characters: what a provider or a file said must not move the cursor. */
export function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').trim();
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** How long ago something was: `just now`, `12 min ago`, `3 h ago`; after two weeks the date. */
export function ago(instant: string, now = Date.now()): string {
  const ms = now - Date.parse(instant);
  if (ms < 10_000) return 'just now';
  if (ms < 100_000) return `${Math.round(ms / 1000)} s ago`;
  if (ms < 100 * MINUTE) return `${Math.round(ms / MINUTE)} min ago`;
  if (ms < 36 * HOUR) return `${Math.round(ms / HOUR)} h ago`;
  if (ms < 14 * DAY) return `${Math.round(ms / DAY)} days ago`;
  return instant.slice(0, 10);
}

/** A digest by its beginning: `sha256:1a2b3c4d5e6f`. */
export const shortDigest = (digest: string) => digest.replace(/^(sha256:[0-9a-f]{12})[0-9a-f]*$/, '$1');
