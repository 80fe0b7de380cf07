import { runInNewContext } from 'node:vm';
import { describe, expect, test } from '@jest/globals';
import { jcs } from './jcs.js';
import { keyInput, NotJsonError } from './key-input.js';

class Point {
  x = 1;
}
class Row extends Array<number> {}
const bare = Object.assign(Object.create(null) as object, { a: 1 });
const argumentsObject: unknown = runInNewContext('(function () { return arguments; })(1)');
const cycle: { self?: unknown } = {};
cycle.self = { again: [cycle] };

describe('refused', () => {
  test.each<[string, unknown, string]>([
    ['undefined', undefined, ''],
    ['undefined in an array', { list: [1, undefined] }, '/list/1'],
    ['a hole in an array', [new Array<number>(1)], '/0/0'],
    ['a named property of an array', Object.assign([1], { more: 2 }), ''],
    ['NaN', { a: Number.NaN }, '/a'],
    ['infinity', [Infinity], '/0'],
    ['minus infinity', [-Infinity], '/0'],
    ['an integer beyond 2^53', { n: 2 ** 53 }, '/n'],
    ['an integer below -2^53', { n: -(2 ** 53) }, '/n'],
    ['a huge number, always an integer', 1e300, ''],
    ['a lone surrogate', { t: 'a\ud800' }, '/t'],
    ['a lone surrogate in a key', { a: { 'b\udc00': 1 } }, '/a/b\udc00'],
    ['U+0000', ['a\u0000b'], '/0'],
    ['U+0000 in a key', { 'a\u0000': 1 }, '/a\u0000'],
    ['a function', { f: () => 1 }, '/f'],
    ['a symbol', { s: Symbol('s') }, '/s'],
    ['a symbol as a key', { a: { [Symbol('s')]: 1 } }, '/a'],
    ['a bigint', [1n], '/0'],
    ['a Map', { m: new Map() }, '/m'],
    ['a Set', { m: new Set() }, '/m'],
    ['a Date', { at: new Date(0) }, '/at'],
    ['a RegExp', { re: /x/ }, '/re'],
    ['an Error', { e: new Error('x') }, '/e'],
    ['a Promise', { p: Promise.resolve(1) }, '/p'],
    ['bytes', { b: new Uint8Array(1) }, '/b'],
    ['a class instance', { p: new Point() }, '/p'],
    ['an instance of a kind of array', { r: new Row() }, '/r'],
    ['a boxed string', { b: Object('x') }, '/b'],
    ['a cycle', cycle, '/self/again/0'],
    ['a symbol as a key of an array', { a: Object.assign([1], { [Symbol('s')]: 1 }) }, '/a'],
    [
      'a getter',
      {
        a: {
          get now() {
            return 1;
          },
        },
      },
      '/a/now',
    ],
    ['a setter', { a: { set now(_to: number) {} } }, '/a/now'],
    [
      'a getter in an array',
      { a: Object.defineProperty([1], 0, { get: () => 2, enumerable: true }) },
      '/a/0',
    ],
    ['a hidden property', Object.defineProperty({ a: 1 }, 'b', { value: 2 }), '/b'],
    ['a hidden property of an array', [Object.defineProperty([1], 'b', { value: 2 })], '/0/b'],
    ['inherited properties', { a: Object.create({ b: 1 }) as object }, '/a'],
    ['properties inherited of an object without a prototype', Object.create(bare) as object, ''],
    ['an array with inherited properties', Object.setPrototypeOf([1], bare) as object, ''],
    ['arguments', argumentsObject, ''],
    ['a Date without its prototype', Object.setPrototypeOf(new Date(0), null) as object, ''],
    ['a WeakMap', { w: new WeakMap() }, '/w'],
    ['a Buffer', { b: Buffer.from('x') }, '/b'],
    ['a URL', { u: new URL('http://localhost') }, '/u'],
    ['a boxed number', { n: Object(1) as object }, '/n'],
    ['a key that needs escapes', { 'a/b~c': Number.NaN }, '/a~1b~0c'],
  ])('%s', (_name, value, path) => {
    expect(() => keyInput(value)).toThrow(NotJsonError);
    expect(() => keyInput(value)).toThrow(expect.objectContaining({ path, code: 'NOT_JSON' }));
  });

  test.each([
    ['arrays', (inner: unknown) => [inner]],
    ['objects', (inner: unknown) => ({ a: inner })],
  ])('10,000 nested %s, with an error that says so', (_name, wrap) => {
    let value: unknown = 1;
    for (let i = 0; i < 10_000; i += 1) value = wrap(value);
    expect(() => keyInput(value)).toThrow('it is nested deeper than 256 levels');
  });
});

test.each<[unknown, string]>([
  [[undefined], '/0: undefined is not a JSON value'],
  [{ a: Number.NaN }, '/a: NaN is not a JSON number'],
  [{ n: 2 ** 53 }, '/n: an integer beyond 2^53 loses digits in JSON'],
  [['\ud800'], '/0: text with a lone surrogate is not Unicode'],
  [['\u0000'], '/0: text with U+0000 cannot be stored'],
  [new Map(), '/: Map is not a plain object'],
  [new Row(), '/: Row is not a plain array'],
  [cycle, '/self/again/0: a cycle has no end in JSON'],
  [{ s: Symbol('s') }, '/s: symbol is not a JSON value'],
])('the error for %p names place and rule', (value, message) => {
  expect(() => keyInput(value)).toThrow(message);
});

test('1, "1", true, "true", [], {}, "", 0, null, absent and their like are all different', () => {
  const values: unknown[] = [
    1,
    '1',
    [1],
    true,
    'true',
    false,
    0,
    '0',
    '',
    [],
    [[]],
    [null],
    {},
    [{}],
    { v: {} },
  ];
  const inputs = [...[...values, null, 'null', 1.5, '1.5', -1].map(v => ({ v })), {}, { v: { v: null } }];
  const texts = inputs.map(input => jcs(keyInput(input)));
  expect(new Set(texts).size).toBe(texts.length);
  // An absent property and one that is undefined are the same thing.
  expect(jcs(keyInput({ v: undefined }))).toBe(jcs(keyInput({})));
});

describe('taken', () => {
  test('the largest integers that JSON keeps, and 256 levels', () => {
    let deep: unknown = Number.MAX_SAFE_INTEGER;
    for (let i = 0; i < 256; i += 1) deep = [deep];
    expect(jcs(keyInput(deep))).toBe(`${'['.repeat(256)}9007199254740991${']'.repeat(256)}`);
    expect(keyInput(-Number.MAX_SAFE_INTEGER)).toBe(-9007199254740991);
  });

  test('the same object twice, when it is no cycle', () => {
    const shared = { a: 1 };
    expect(jcs(keyInput([shared, shared]))).toBe('[{"a":1},{"a":1}]');
  });

  test('objects and arrays of another realm', () => {
    const value: unknown = runInNewContext('({ a: [1, { b: "x" }], c: Object.create(null) })');
    expect(jcs(keyInput(value))).toBe('{"a":[1,{"b":"x"}],"c":{}}');
  });

  test('-0 as 0, and undefined properties as absent', () => {
    expect(Object.is(keyInput(-0), 0)).toBe(true);
    expect(jcs(keyInput({ a: undefined, b: -0 }))).toBe('{"b":0}');
  });

  test('__proto__ and constructor as ordinary keys', () => {
    const value: unknown = JSON.parse('{"__proto__":{"a":1},"constructor":2}');
    expect(jcs(keyInput(value))).toBe('{"__proto__":{"a":1},"constructor":2}');
  });

  test('the argument stays as it is', () => {
    const value = Object.freeze({ list: Object.freeze([1, Object.freeze({ a: undefined })]) });
    keyInput(value);
    expect(Object.keys(value.list[1] as object)).toEqual(['a']);
  });
});

/** A small generator with a known period (Park and Miller's minimal standard): the seed makes a failure repeatable. */
function randomOf(seed: number): (below: number) => number {
  let state = (seed % 2_147_483_646) + 1;
  return below => {
    state = (state * 48_271) % 2_147_483_647;
    return state % below;
  };
}

describe('2,000 random values', () => {
  const seed = Number(process.env['CAIRN_TEST_SEED'] ?? Date.now() % 1_000_000);
  const random = randomOf(seed);
  const ALPHABET = ['a', 'b', 'ä', '€', '😀', '"', '\\', '/', '\n', '0', '__proto__'];
  const text = () => Array.from({ length: random(4) }, () => ALPHABET[random(ALPHABET.length)]).join('');
  const scalar = (): unknown => [text(), random(1000) / 8, random(2) === 0, null, -random(50)][random(5)];
  const value = (depth: number): unknown => {
    const kind = depth === 0 ? 0 : random(3);
    if (kind === 0) return scalar();
    const items = Array.from({ length: random(5) }, () => value(depth - 1));
    return kind === 1 ? items : Object.fromEntries(items.map(item => [text(), item]));
  };

  /** The same value, built another way: other order of keys, undefined properties, no prototype, -0. */
  const rebuilt = (v: unknown): unknown => {
    if (v === 0) return random(2) === 0 ? -0 : 0;
    if (Array.isArray(v)) return v.map(rebuilt);
    if (v === null || typeof v !== 'object') return v;
    const target = random(2) === 0 ? {} : (Object.create(null) as object);
    const entries = Object.entries(v).reverse();
    for (const [key, item] of entries)
      Object.defineProperty(target, key, {
        value: rebuilt(item),
        enumerable: true,
        configurable: true,
        writable: true,
      });
    if (!Object.hasOwn(v, 'absent')) Object.assign(target, { absent: undefined });
    return target;
  };

  /** The value with one thing changed, somewhere. */
  const changed = (v: unknown): unknown => {
    if (Array.isArray(v) && v.length > 0 && random(2) === 0) {
      const at = random(v.length);
      return v.map((item, index) => (index === at ? changed(item) : (item as unknown)));
    }
    if (Array.isArray(v)) return [...(v as unknown[]), 1];
    if (v !== null && typeof v === 'object') return { ...v, [`changed${random(9)}`]: 1 };
    return typeof v === 'string'
      ? `${v}.`
      : typeof v === 'number'
        ? v + 1
        : typeof v === 'boolean'
          ? !v
          : 'null';
  };

  test(`equal values have one text, a change has another (CAIRN_TEST_SEED=${seed})`, () => {
    for (let i = 0; i < 2_000; i += 1) {
      const original = value(4);
      const key = jcs(keyInput(original));
      const same = { seed, i, key: jcs(keyInput(rebuilt(original))) };
      expect(same).toEqual({ seed, i, key });
      const other = changed(original);
      if (jcs(keyInput(other)) === key) throw new Error(`seed ${seed}, case ${i}: ${key} hides a change`);
      expect(jcs(JSON.parse(key))).toBe(key);
    }
  });
});
