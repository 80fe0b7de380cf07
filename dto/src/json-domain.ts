import type { Issue } from './errors.js';

const FORBIDDEN_KEYS = new Set(['__proto__', 'constructor', 'prototype']);
const LONE_SURROGATE = /\p{Surrogate}/u;
const MAX_DEPTH = 32;

/** One token of a JSON Pointer, RFC 6901. */
export const pointerToken = (key: string | number): string =>
  String(key).replace(/~/g, '~0').replace(/\//g, '~1');

/**
 * What no document may hold, whatever its schema: keys that reach into prototypes, text that PostgreSQL or
 * UTF-8 cannot carry, numbers that JSON cannot, nesting without end.
 */
export function domainIssues(value: unknown, path = '', depth = 0): Issue[] {
  const issue = (message: string): Issue[] => [{ path, code: 'VALIDATION_ERROR', message }];
  if (typeof value === 'string') {
    if (value.includes('\u0000')) return issue('must not contain the character U+0000');
    return LONE_SURROGATE.test(value) ? issue('must be well-formed Unicode, without lone surrogates') : [];
  }
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) return issue('must be a finite number');
    return Number.isInteger(value) && !Number.isSafeInteger(value)
      ? issue('must be an integer below 2^53')
      : [];
  }
  if (value === null || typeof value !== 'object') return [];
  if (depth >= MAX_DEPTH) return issue(`must not be nested deeper than ${MAX_DEPTH} levels`);
  return Object.entries(value).flatMap(([key, member]) => {
    const inner = `${path}/${pointerToken(key)}`;
    if (!Array.isArray(value) && (FORBIDDEN_KEYS.has(key) || domainIssues(key).length > 0))
      return [{ path: inner, code: 'VALIDATION_ERROR', message: 'is an unknown field' }];
    return domainIssues(member, inner, depth + 1);
  });
}
