/** What the process answers to the shell; signals give 128 + their number. Documented in docs/cli.md, and kept. */
export const EXIT = {
  /** The run completed; what was asked for was done. */
  completed: 0,
  /** The run failed or was cancelled, a check found something, or something went wrong. */
  failed: 1,
  /** Arguments, environment or input that are refused; nothing was changed. */
  usage: 2,
  notFound: 3,
  /** The API cannot be reached, or cannot do it now; later it may. */
  unavailable: 4,
} as const;

/** Ends the command with one line for a person, some further lines below it, and an exit code. */
export class CliError extends Error {
  constructor(
    message: string,
    readonly exitCode: number = EXIT.failed,
    readonly details: readonly string[] = [],
    /** For programs: the API's code, or one of the command's own. */
    readonly code: string = CODES[exitCode] ?? 'FAILED',
  ) {
    super(message);
    this.name = 'CliError';
  }
}

const CODES: Readonly<Record<number, string>> = {
  [EXIT.usage]: 'USAGE',
  [EXIT.notFound]: 'NOT_FOUND',
  [EXIT.unavailable]: 'UNAVAILABLE',
};

/** The message of anything that was thrown, on one line. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause instanceof Error && error.cause.message ? `: ${error.cause.message}` : '';
  return `${error.message}${cause}`.replace(/\s+/g, ' ').trim();
}
