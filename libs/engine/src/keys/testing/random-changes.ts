import { isDeepStrictEqual } from 'node:util';
import type { TSchema } from '@cairn/skill-kit';
import { freeJson, type Shape } from './random-inputs.js';
import type { Random } from './random.js';

type Fields = Readonly<Record<string, unknown>>;
const isFields = (value: unknown): value is Fields =>
  value !== null && typeof value === 'object' && !Array.isArray(value);

/** The same input, built another way. */
export function rebuilt(random: Random, schema: TSchema, value: unknown): unknown {
  const other = rebuild(random, schema as Shape, value);
  return random.below(3) === 0 ? (JSON.parse(JSON.stringify(other)) as unknown) : other;
}

/** Other order of keys, no prototype, −0, undefined fields, defaults written or left out, fields that are cut. */
function rebuild(random: Random, shape: Shape, value: unknown): unknown {
  if (value === 0) return random.below(2) === 0 ? -0 : 0;
  if (Array.isArray(value)) return value.map(item => rebuild(random, shape.items ?? {}, item));
  if (!isFields(value)) return value;
  const properties = shape.properties ?? {};
  const own = (name: string) => (Object.hasOwn(properties, name) ? properties[name]! : {});
  const entries = Object.entries(value)
    .filter(([name, item]) => {
      const left = own(name).default;
      return left === undefined || random.below(2) === 0 || !isDeepStrictEqual(plain(item), plain(left));
    })
    .map(([name, item]): [string, unknown] => [name, rebuild(random, own(name), item)]);
  for (const [name, inner] of Object.entries(properties)) {
    if (Object.hasOwn(value, name)) continue;
    if (inner.default !== undefined && random.below(2) === 0)
      entries.push([name, structuredClone(inner.default)]);
    else if (random.below(4) === 0) entries.push([name, undefined]);
  }
  // Only what declares its fields is cut to them.
  if (Object.keys(properties).length > 0 && random.below(2) === 0) entries.push(['cut', freeJson(random, 1)]);
  if (random.below(2) === 0) entries.reverse();
  const object = random.below(3) === 0 ? (Object.create(null) as object) : {};
  for (const [name, item] of entries)
    Object.defineProperty(object, name, {
      value: item,
      enumerable: true,
      configurable: true,
      writable: true,
    });
  return object;
}

const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

/** The input with one change, somewhere; now and then the change is to the same. */
export function changedPlace(random: Random, input: unknown): unknown {
  return replaceSome(random, input, (value, _path) => changed(random, value));
}

function changed(random: Random, value: unknown): unknown {
  const way = random.below(4);
  // Another type of the same look.
  if (way === 0) return random.of([[value], { 0: value }, { value }, String(value), null, [], {}]);
  if (Array.isArray(value)) return changedList(random, value);
  if (isFields(value)) return changedFields(random, value);
  if (typeof value === 'string')
    return random.of([`${value} `, [...value].slice(1).join(''), value.normalize('NFD'), `x${value}`]);
  if (typeof value === 'number') return random.of([value + 1, -value, value / 2, `${value}`, value === 0]);
  return random.of([!value, `${value as string}`, 0, 1, '', null]);
}

function changedList(random: Random, list: readonly unknown[]): unknown {
  const at = random.below(list.length + 1);
  return random.of([
    [...list.slice(0, at), freeJson(random, 1), ...list.slice(at)],
    list.slice(1),
    list.slice(0, -1),
    [...list].reverse(),
    [...list.slice(1), ...list.slice(0, 1)],
    [...list, ...list.slice(-1)],
    [list],
  ]);
}

function changedFields(random: Random, fields: Fields): unknown {
  const entries = Object.entries(fields);
  const at = random.below(entries.length);
  const [name, value] = entries[at] ?? ['', null];
  const others = entries.filter((_entry, i) => i !== at);
  const next = others[0];
  return Object.fromEntries(
    random.of<readonly (readonly [string, unknown])[]>([
      others,
      [...entries, ['more', freeJson(random, 1)]],
      [...others, [`${name}_`, value]],
      [...others, [name.normalize('NFD'), value]],
      // Two fields exchange their values.
      next ? [...others.slice(1), [name, next[1]], [next[0], value]] : [],
    ])!,
  );
}

/** Replaces the value at a random place, the root included. */
function replaceSome(
  random: Random,
  value: unknown,
  make: (value: unknown, path: string) => unknown,
  path = '',
): unknown {
  const names = value !== null && typeof value === 'object' ? Object.keys(value) : [];
  if (names.length === 0 || random.below(4) === 0) return make(value, path);
  const name = random.of(names)!;
  const inner = `${path}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
  if (Array.isArray(value))
    return value.map((item: unknown, i) =>
      String(i) === name ? replaceSome(random, item, make, inner) : item,
    );
  return Object.fromEntries(
    Object.entries(value as Fields).map(([key, item]) => [
      key,
      key === name ? replaceSome(random, item, make, inner) : item,
    ]),
  );
}

class Instance {
  readonly a = 1;
}

/** What JSON cannot carry: what stands in the place of a value, and where in it the error is. */
const UNFIT: readonly (readonly [rule: string, make: (value: unknown) => unknown, at: string])[] = [
  ['undefined in an array', value => [value, undefined], '/1'],
  ['a sparse array', () => Object.assign(new Array<unknown>(3), { 0: 1, 2: 1 }), '/1'],
  ['a named property of an array', value => Object.assign([value], { more: 1 }), ''],
  ['NaN', () => Number.NaN, ''],
  ['Infinity', () => Infinity, ''],
  ['-Infinity', () => -Infinity, ''],
  ['an integer beyond 2^53', () => 2 ** 53, ''],
  ['an integer below -2^53', () => -(2 ** 53) - 2, ''],
  ['a huge number', () => 1e300, ''],
  ['a lone surrogate', () => 'a\ud83d', ''],
  ['a lone surrogate in a key', value => ({ 'k\ude00': value }), '/k\ude00'],
  ['U+0000', () => '\u0000', ''],
  ['U+0000 in a key', value => ({ 'k\u0000': value }), '/k\u0000'],
  ['a bigint', () => 1n, ''],
  ['a symbol', () => Symbol('s'), ''],
  ['a symbol as a key', value => ({ [Symbol('s')]: value }), ''],
  ['a function', value => () => value, ''],
  [
    'a getter',
    value => ({
      get got() {
        return value;
      },
    }),
    '/got',
  ],
  ['a hidden property', value => Object.defineProperty({}, 'hidden', { value }), '/hidden'],
  ['a Map', value => new Map([['a', value]]), ''],
  ['a Set', value => new Set([value]), ''],
  ['a Date', () => new Date(0), ''],
  ['a RegExp', () => /x/, ''],
  ['an Error', () => new Error('x'), ''],
  ['bytes', () => new Uint8Array(1), ''],
  ['a boxed value', () => Object(1) as unknown, ''],
  ['a class instance', () => new Instance(), ''],
  ['what inherits', value => Object.create({ value }) as unknown, ''],
  [
    'a cycle',
    () => {
      const round: { self?: unknown } = {};
      round.self = [round];
      return round;
    },
    '/self/0',
  ],
];

/** The input with something in it that JSON cannot carry, and the JSON Pointer of that. */
export function unfit(random: Random, input: unknown): { value: unknown; path: string; rule: string } {
  const [rule, make, at] = random.of(UNFIT)!;
  let place = '';
  const value = replaceSome(random, input, (old, path) => {
    place = path;
    return make(old);
  });
  return { value, path: `${place}${at}`, rule };
}
