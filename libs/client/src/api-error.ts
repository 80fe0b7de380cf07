import type { ProblemIssue } from './generated/openapi.js';

/**
 * The API refused, or could not be asked. `code` is the problem's, e.g. `VALIDATION_ERROR`; `UNREACHABLE` when no
 * answer came, `BAD_ANSWER` when something else than Cairn answered.
 */
export class CairnApiError extends Error {
  override readonly name = 'CairnApiError';

  constructor(
    readonly code: string,
    message: string,
    /** HTTP status; 0 when there was no answer. */
    readonly status: number,
    readonly errors: readonly ProblemIssue[] = [],
    options?: ErrorOptions,
  ) {
    super(message, options);
  }

  /** Whether the same request may succeed later. */
  get retryable(): boolean {
    return this.code === 'UNREACHABLE' || this.status === 503;
  }
}

/** What a body says that should be a problem, RFC 9457. */
export function errorOf(status: number, body: unknown): CairnApiError {
  const problem = (body !== null && typeof body === 'object' ? body : {}) as Record<string, unknown>;
  if (typeof problem['code'] !== 'string')
    return new CairnApiError('BAD_ANSWER', `The server answered ${status} without saying why`, status);
  const detail = typeof problem['detail'] === 'string' ? problem['detail'] : problem['code'];
  const errors = Array.isArray(problem['errors']) ? (problem['errors'] as ProblemIssue[]) : [];
  return new CairnApiError(problem['code'], detail, status, errors);
}

/** A failure of `fetch` itself; what the caller's own signal caused is passed on as it is. */
export function unreachable(baseUrl: string, error: unknown, signal?: AbortSignal): unknown {
  if (signal?.aborted) return signal.reason;
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const why = cause instanceof Error ? cause.message || cause.name : String(cause);
  return new CairnApiError('UNREACHABLE', `${baseUrl} cannot be reached: ${why}`, 0, [], { cause: error });
}
