/** What went wrong while a part of the local stack was started or run. */
export type StackErrorCode =
  | 'HOME_UNUSABLE'
  | 'STACK_IN_USE'
  | 'STACK_START_CANCELLED'
  | 'POSTGRES_UNAVAILABLE'
  | 'POSTGRES_FAILED'
  | 'TEMPORAL_UNAVAILABLE'
  | 'TEMPORAL_FAILED';

/**
 * A failure a person has to act on. `message` is one line that names the part and says what to do;
 * `logTail` holds the last lines of the part's log, when it wrote any.
 */
export class StackError extends Error {
  constructor(
    readonly code: StackErrorCode,
    message: string,
    readonly logTail: string = '',
  ) {
    super(message);
    this.name = 'StackError';
  }
}

/** The message of anything that was thrown, on one line. */
export function reasonOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.replace(/\s+/g, ' ').trim();
}
