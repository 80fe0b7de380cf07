/** One broken rule of a document: where (JSON Pointer), which rule, and a sentence for a person. */
export interface Issue {
  readonly path: string;
  readonly code: string;
  readonly message: string;
}

/**
 * The base of every error of the domain. It is translated twice only: into an ApplicationFailure by the
 * worker, into RFC 9457 problem+json by the API.
 */
export class CairnError extends Error {
  /** Stable and upper-case, e.g. `VALIDATION_ERROR`: what programs may switch on. */
  readonly code: string;
  /** Whether the same attempt may succeed later; a terminal error is never retried. */
  readonly retryable: boolean;
  readonly issues: readonly Issue[];

  constructor(
    code: string,
    message: string,
    options: { retryable?: boolean; issues?: readonly Issue[]; cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = new.target.name;
    this.code = code;
    this.retryable = options.retryable ?? false;
    this.issues = options.issues ?? [];
  }
}

/** A document or a request breaks its rules; each issue names path and rule. */
export class ValidationError extends CairnError {
  constructor(issues: readonly Issue[], subject = 'The document') {
    const first = issues[0];
    const rest = issues.length > 1 ? ` (and ${issues.length - 1} more)` : '';
    super(
      'VALIDATION_ERROR',
      `${subject} is not valid: ${first?.path || '/'} ${first?.message ?? ''}${rest}`,
      {
        issues,
      },
    );
  }
}
