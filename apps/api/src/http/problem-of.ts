import { randomUUID } from 'node:crypto';
import { isDatabaseUnavailable } from '@cairn/dao';
import { CairnError, http } from '@cairn/dto';
import { HttpException } from '@nestjs/common';
import { ApiError } from './api-error.js';

/** An error as an answer. */
export interface ProblemAnswer {
  readonly problem: http.Problem;
  readonly headers: Readonly<Record<string, string>>;
}

/** When to try again, in seconds; the pool and the reconciler find a server that is back in about that time. */
const RETRY_AFTER = '1';
/** Codes of the domain that are broken rules of a request. */
const VALIDATION_CODES = new Set(['WORKFLOW_UNKNOWN', 'RESOURCE_NOT_FOUND', 'INVALID_HASH', 'MISSING_ASSET']);

const isProblemCode = (code: string): code is http.ProblemCode => Object.hasOwn(http.PROBLEMS, code);

/** The one place where errors become RFC 9457. */
export function problemOf(error: unknown): ProblemAnswer {
  const code = codeOf(error);
  const { status, title } = http.PROBLEMS[code];
  const known = error instanceof CairnError && code !== 'INTERNAL' ? error : undefined;
  const issues = known?.issues ?? [];
  return {
    problem: {
      type: `/docs#${code}`,
      title,
      status,
      detail: known?.message ?? (error instanceof HttpException ? error.message : title),
      code,
      ...(code === 'INTERNAL' && { instance: `urn:uuid:${randomUUID()}` }),
      ...(issues.length > 0 && {
        errors: issues.map(({ path, code, message }) => ({ path, code, message })),
      }),
    },
    headers: {
      ...(status === 503 && { 'Retry-After': RETRY_AFTER }),
      ...(error instanceof ApiError && error.headers),
    },
  };
}

function codeOf(error: unknown): http.ProblemCode {
  if (error instanceof CairnError) {
    if (VALIDATION_CODES.has(error.code)) return 'VALIDATION_ERROR';
    if (isProblemCode(error.code)) return error.code;
  }
  if (error instanceof HttpException) {
    if (error.getStatus() === 404) return 'NOT_FOUND';
    if (error.getStatus() < 500) return 'BAD_REQUEST';
  }
  return isDatabaseUnavailable(error) ? 'DATABASE_UNAVAILABLE' : 'INTERNAL';
}
