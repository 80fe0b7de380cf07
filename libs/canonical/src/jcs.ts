/** What JSON can carry. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

const LONE_SURROGATE = /\p{Surrogate}/u;

/**
 * The canonical text of a JSON value by RFC 8785 (JSON Canonicalization Scheme): no white space, keys sorted by
 * UTF-16 code units, numbers and strings as ECMAScript writes them.
 *
 * It takes JSON values only. What is not JSON is rejected by {@link keyInput} before it comes here; properties
 * that are undefined are left out, as JSON.stringify does.
 *
 * @throws TypeError for what RFC 8785 has no text for: NaN, infinities, lone surrogates, and all that is not JSON.
 */
export function jcs(value: unknown): string {
  switch (typeof value) {
    case 'string':
      if (LONE_SURROGATE.test(value)) throw new TypeError('text with a lone surrogate is not Unicode');
      return JSON.stringify(value);
    case 'number':
      if (!Number.isFinite(value)) throw new TypeError(`${value} is not a JSON number`);
      return JSON.stringify(value);
    case 'boolean':
      return String(value);
    case 'object':
      break;
    default:
      throw new TypeError(`${typeof value} is not a JSON value`);
  }
  if (value === null) return 'null';
  return Array.isArray(value) ? listText(value) : objectText(value as Record<string, unknown>);
}

// Loops that append, where map() and join() would read better: every look-up of every step runs through here.

function listText(list: readonly unknown[]): string {
  let items = '';
  // By index, which meets the holes of a sparse array too.
  for (let i = 0; i < list.length; i += 1) items += i === 0 ? jcs(list[i]) : `,${jcs(list[i])}`;
  return `[${items}]`;
}

function objectText(record: Readonly<Record<string, unknown>>): string {
  let members = '';
  for (const key of Object.keys(record).sort()) {
    const value = record[key];
    if (value === undefined) continue;
    members += `${members === '' ? '' : ','}${jcs(key)}:${jcs(value)}`;
  }
  return `{${members}}`;
}
