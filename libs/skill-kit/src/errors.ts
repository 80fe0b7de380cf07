import { CairnError, type Issue } from '@cairn/dto';

/** The step can never succeed with this input: it is not retried. */
export class TerminalError extends CairnError {
  constructor(code: string, message: string, issues: readonly Issue[] = []) {
    super(code, message, { retryable: false, issues });
  }
}

/** The step may succeed when it is tried again, e.g. after a provider's outage. */
export class RetryableError extends CairnError {
  constructor(code: string, message: string, cause?: unknown) {
    super(code, message, { retryable: true, cause });
  }
}
