/** What went wrong while a part of the local stack was started or run. */
export type StackErrorCode =
  | 'HOME_UNUSABLE'
  | 'STACK_IN_USE'
  | 'STACK_START_CANCELLED'
  | 'POSTGRES_UNAVAILABLE'
  | 'POSTGRES_FAILED'
  | 'TEMPORAL_UNAVAILABLE'
  | 'TEMPORAL_FAILED'
  | 'S3_UNAVAILABLE'
  | 'S3_FAILED';

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

/** The message of anything that was thrown, on one line. Told by shape: an error of another realm is no `Error`. */
export function reasonOf(error: unknown): string {
  const { message } = (error ?? {}) as { message?: unknown };
  const text = typeof message === 'string' ? message : String(error);
  return text.replace(/\s+/g, ' ').trim();
}
