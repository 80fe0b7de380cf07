/** What JSON can carry. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/**
 * The canonical text of a JSON value by RFC 8785 (JSON Canonicalization Scheme): no white space, keys sorted by
 * UTF-16 code units, numbers and strings as ECMAScript writes them.
 *
 * It takes JSON values only. What is not JSON is rejected by {@link keyInput} before it comes here; properties
 * that are undefined are left out, as JSON.stringify does.
 */
export function jcs(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(jcs).join(',')}]`;
  if (value !== null && typeof value === 'object') {
    const record = value as Record<string, unknown>;
    const members = Object.keys(record)
      .sort()
      .filter(key => record[key] !== undefined)
      .map(key => `${JSON.stringify(key)}:${jcs(record[key])}`);
    return `{${members.join(',')}}`;
  }
  const text = JSON.stringify(value) as string | undefined;
  if (text === undefined) throw new TypeError(`${typeof value} is not a JSON value`);
  return text;
}
