import type { ByteRange } from '@cairn/artifact-store';

/** What a request asks for of content of a given size. */
export type Portion =
  { readonly kind: 'all' } | ({ readonly kind: 'part' } & ByteRange) | { readonly kind: 'none' };

const ALL: Portion = { kind: 'all' };
const NONE: Portion = { kind: 'none' };

/**
 * Reads `Range` (RFC 9110, section 14): one range of bytes. Several ranges, and what is not of the form, count as
 * no `Range` at all, as the RFC allows; `none` is a range that lies outside.
 */
export function portionOf(range: string | undefined, size: number): Portion {
  const [, first, last] = /^\s*bytes\s*=\s*(\d*)\s*-\s*(\d*)\s*$/i.exec(range ?? '') ?? [];
  if (first === undefined || last === undefined || (first === '' && last === '')) return ALL;
  if (first === '') {
    const length = Math.min(Number(last), size);
    return length === 0 ? NONE : { kind: 'part', start: size - length, end: size - 1 };
  }
  const start = Number(first);
  if (last !== '' && Number(last) < start) return ALL;
  if (start >= size) return NONE;
  return { kind: 'part', start, end: last === '' ? size - 1 : Math.min(Number(last), size - 1) };
}

/** Whether `If-None-Match` names this entity tag; weak tags compare alike. */
export function matches(ifNoneMatch: string | undefined, etag: string): boolean {
  if (ifNoneMatch === undefined) return false;
  if (ifNoneMatch.trim() === '*') return true;
  return ifNoneMatch.split(',').some(tag => tag.trim().replace(/^W\//, '') === etag);
}

/** Whether `If-Range` lets a range count: absent, or this very tag. Dates never match, for there is no such header. */
export const rangeApplies = (ifRange: string | undefined, etag: string): boolean =>
  ifRange === undefined || ifRange.trim() === etag;
