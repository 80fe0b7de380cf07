import type { Interrupted } from './interruption.js';
import type { Screen } from './show/screen.js';
import type { Cleanups } from './up/session.js';

/** What a command works with: where it was typed, and where it writes. */
export interface Shell {
  /** Of Cairn. */
  readonly version: string;
  readonly env: NodeJS.ProcessEnv;
  /** For people: standard output, or standard error where that is kept for JSON. */
  readonly screen: Screen;
  /** Aborted by a signal, or by a part that keeps failing. */
  readonly controller: AbortController;
  /** What is to be undone; the caller does it, whatever happens. */
  readonly cleanups: Cleanups;
  /** What to say when a signal ends the command; nothing unless it is set. */
  farewell?: (reason: Interrupted) => string;
  /** Does what was asked for; what it gives is the exit code. */
  perform(work: () => Promise<number>): Promise<void>;
  /** Writes one JSON document to standard output: on several lines, or on one where more may follow. */
  json(value: unknown, form?: 'document' | 'line'): void;
}
