import type { Issue } from './errors.js';

const FORBIDDEN_KEYS = new Set(['__proto__', 'constructor', 'prototype']);
const LONE_SURROGATE = /\p{Surrogate}/u;
const MAX_DEPTH = 32;
/** Members of objects and items of arrays; the largest documents that are written by hand have some hundreds. */
const MAX_NODES = 20_000;

/** One token of a JSON Pointer, RFC 6901. */
export const pointerToken = (key: string | number): string =>
  String(key).replace(/~/g, '~0').replace(/\//g, '~1');

/** The nodes of a document, or a number above the limit: it stops where there are too many. */
function nodesOf(value: unknown, depth = 0): number {
  if (value === null || typeof value !== 'object' || depth >= MAX_DEPTH) return 0;
  const members: unknown[] = Array.isArray(value) ? value : Object.values(value);
  let nodes = members.length;
  for (const member of members) {
    if (nodes > MAX_NODES) break;
    nodes += nodesOf(member, depth + 1);
  }
  return nodes;
}

/** Whether a document is too large to be looked at: nothing, or the one issue that says so. */
export function sizeIssues(value: unknown): Issue[] {
  if (nodesOf(value) <= MAX_NODES) return [];
  const message = `must not have more than ${MAX_NODES} fields and items altogether`;
  return [{ path: '', code: 'VALIDATION_ERROR', message }];
}

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
