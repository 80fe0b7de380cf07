import type { Json } from './jcs.js';

/** A value that JSON cannot carry faithfully, and where it stands (JSON Pointer). */
export class NotJsonError extends TypeError {
  readonly code = 'NOT_JSON';
  constructor(
    readonly path: string,
    readonly rule: string,
  ) {
    super(`${path || '/'}: ${rule}`);
    this.name = 'NotJsonError';
  }
}

/** Deeper than any document of ours, and far from the end of the stack. */
const MAX_DEPTH = 256;
const LONE_SURROGATE = /\p{Surrogate}/u;
const escapeToken = (key: string) => key.replace(/~/g, '~0').replace(/\//g, '~1');

function checkText(text: string, path: string): void {
  if (text.includes('\u0000')) throw new NotJsonError(path, 'text with U+0000 cannot be stored');
  if (LONE_SURROGATE.test(text)) throw new NotJsonError(path, 'text with a lone surrogate is not Unicode');
}

function checkNumber(value: number, path: string): void {
  if (!Number.isFinite(value)) throw new NotJsonError(path, `${value} is not a JSON number`);
  if (Number.isInteger(value) && !Number.isSafeInteger(value))
    throw new NotJsonError(path, 'an integer beyond 2^53 loses digits in JSON');
}

/**
 * How many prototypes a value has: a plain object one or none, a plain array two. Counted, because those of another
 * realm (a vm context) are other objects.
 */
function prototypesAbove(value: object): number {
  let count = 0;
  for (let at = Object.getPrototypeOf(value) as object | null; at !== null; count += 1)
    at = Object.getPrototypeOf(at) as object | null;
  return count;
}

/**
 * The same value, once it is certain that JSON carries it faithfully, so that no two different inputs share a
 * key. Refused: undefined in an array, NaN and infinities, integers beyond 2^53, lone surrogates, U+0000,
 * functions, symbols, bigints, Map, Set, Date and other class instances, cycles, sparse arrays, arrays with named
 * properties, more than 256 levels. Absent and undefined properties are the same thing; −0 is 0.
 *
 * @throws NotJsonError with the JSON Pointer of the first offender.
 */
export function keyInput(value: unknown): Json {
  const open = new Set<object>();
  const walk = (v: unknown, path: string): Json => {
    switch (typeof v) {
      case 'string':
        checkText(v, path);
        return v;
      case 'number':
        checkNumber(v, path);
        return v === 0 ? 0 : v;
      case 'boolean':
        return v;
      case 'object':
        break;
      default:
        throw new NotJsonError(path, `${typeof v} is not a JSON value`);
    }
    if (v === null) return null;
    if (open.has(v)) throw new NotJsonError(path, 'a cycle has no end in JSON');
    if (open.size >= MAX_DEPTH) throw new NotJsonError(path, `it is nested deeper than ${MAX_DEPTH} levels`);
    open.add(v);
    const copy = Array.isArray(v) ? walkArray(v, path) : walkObject(v, path);
    open.delete(v);
    return copy;
  };
  const walkArray = (list: readonly unknown[], path: string): Json => {
    if (prototypesAbove(list) > 2)
      throw new NotJsonError(path, `${list.constructor.name} is not a plain array`);
    if (Object.keys(list).length > list.length)
      throw new NotJsonError(path, 'named properties of an array have no place in JSON');
    return Array.from(list, (item, index) => walk(item, `${path}/${index}`));
  };
  const walkObject = (object: object, path: string): Json => {
    if (prototypesAbove(object) > 1 || Object.prototype.toString.call(object) !== '[object Object]')
      throw new NotJsonError(path, `${object.constructor?.name ?? 'an instance'} is not a plain object`);
    if (Object.getOwnPropertySymbols(object).length > 0)
      throw new NotJsonError(path, 'a symbol is not a JSON property name');
    const copy: Record<string, Json> = Object.create(null) as Record<string, Json>;
    for (const [key, item] of Object.entries(object)) {
      checkText(key, `${path}/${escapeToken(key)}`);
      if (item !== undefined) copy[key] = walk(item, `${path}/${escapeToken(key)}`);
    }
    return copy;
  };
  return walk(value, '');
}
