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
const escapeToken = (key: string) =>
  /[~/]/.test(key) ? key.replaceAll('~', '~0').replaceAll('/', '~1') : key;

function checkText(text: string, path: string): void {
  if (text.includes('\u0000')) throw new NotJsonError(path, 'text with U+0000 cannot be stored');
  if (LONE_SURROGATE.test(text)) throw new NotJsonError(path, 'text with a lone surrogate is not Unicode');
}

function checkNumber(value: number, path: string): void {
  if (!Number.isFinite(value)) throw new NotJsonError(path, `${value} is not a JSON number`);
  if (Number.isInteger(value) && !Number.isSafeInteger(value))
    throw new NotJsonError(path, 'an integer beyond 2^53 loses digits in JSON');
}

/** The prototypes of a value, the nearest first. */
function prototypesOf(value: object): object[] {
  const chain: object[] = [];
  for (
    let at = Object.getPrototypeOf(value) as object | null;
    at !== null;
    at = Object.getPrototypeOf(at) as object | null
  )
    chain.push(at);
  return chain;
}

// Told by their form, because the prototypes of another realm (a vm context) are other objects.
const isObjectPrototype = (proto: object) => Object.hasOwn(proto, 'isPrototypeOf');

/** Made by a literal, JSON.parse or Object.create(null). */
function isPlainObject(value: object): boolean {
  const [first, ...more] = prototypesOf(value);
  if (more.length > 0 || (first && !isObjectPrototype(first))) return false;
  return Object.prototype.toString.call(value) === '[object Object]';
}

/** An array as a literal makes it; Array.prototype is an array itself, that of a class that extends it is not. */
function isPlainArray(list: readonly unknown[]): boolean {
  const [first, ...more] = prototypesOf(list);
  return first !== undefined && Array.isArray(first) && more.length === 1;
}

const nameOf = (value: object) => (value.constructor as { name?: string } | undefined)?.name || 'an instance';

/** Every property must be one that JSON reads, and reads the same each time. */
function checkProperties(object: object, path: string): void {
  if (Object.getOwnPropertySymbols(object).length > 0)
    throw new NotJsonError(path, 'a symbol is not a JSON property name');
  const list = Array.isArray(object);
  for (const name of Object.getOwnPropertyNames(object)) {
    if (list && name === 'length') continue;
    const { enumerable, get, set } = Object.getOwnPropertyDescriptor(object, name)!;
    const place = `${path}/${escapeToken(name)}`;
    if (get ?? set) throw new NotJsonError(place, 'a property that is computed has no fixed value');
    if (!enumerable) throw new NotJsonError(place, 'a property that is not enumerable is lost in JSON');
  }
}

/**
 * The same value, once it is certain that JSON carries it faithfully, so that no two different inputs share a
 * key. Refused: undefined in an array, NaN and infinities, integers beyond 2^53, lone surrogates, U+0000,
 * functions, symbols, bigints, Map, Set, Date and other class instances, cycles, sparse arrays, arrays with named
 * properties, symbols as names, getters and properties that are not enumerable (JSON would drop them, or read them at
 * another time), more than 256 levels. Absent and undefined properties are the same thing; −0 is 0.
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
    if (!isPlainArray(list)) throw new NotJsonError(path, `${nameOf(list)} is not a plain array`);
    checkProperties(list, path);
    const names = Object.getOwnPropertyNames(list).length - 1;
    if (names > list.length)
      throw new NotJsonError(path, 'named properties of an array have no place in JSON');
    return Array.from(list, (item, index) => walk(item, `${path}/${index}`));
  };
  const walkObject = (object: object, path: string): Json => {
    if (!isPlainObject(object)) throw new NotJsonError(path, `${nameOf(object)} is not a plain object`);
    checkProperties(object, path);
    const copy: Record<string, Json> = Object.create(null) as Record<string, Json>;
    for (const [key, item] of Object.entries(object)) {
      checkText(key, `${path}/${escapeToken(key)}`);
      if (item !== undefined) copy[key] = walk(item, `${path}/${escapeToken(key)}`);
    }
    return copy;
  };
  return walk(value, '');
}
