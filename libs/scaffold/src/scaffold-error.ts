/** A folder cannot be made as it was asked for; nothing was written. The message says what to do. */
export class ScaffoldError extends Error {
  readonly code = 'SCAFFOLD';
}
