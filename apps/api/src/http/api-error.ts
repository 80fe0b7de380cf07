import { CairnError, type http, type Issue } from '@cairn/dto';

/** A refusal that is about HTTP rather than about the domain. */
export class ApiError extends CairnError {
  constructor(
    code: http.ProblemCode,
    message: string,
    readonly headers: Readonly<Record<string, string>> = {},
    issues: readonly Issue[] = [],
  ) {
    super(code, message, { issues });
  }
}

/** A record that does not exist, or is another tenant's: the answer is the same. */
export class NotFoundError extends CairnError {
  constructor(what: string) {
    super('NOT_FOUND', `There is no such ${what}`);
  }
}
