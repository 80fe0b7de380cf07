import { describe, expect, test } from '@jest/globals';
import { evaluate, openReferences, UNKNOWN } from './evaluate.js';
import type { Expr, Operator } from './expression.js';

const lit = (value: unknown): Expr => ({ $: 'lit', value });
const ref = (step: string, ...path: string[]): Expr => ({ $: 'ref', step, path });
const op = (name: Operator, ...args: Expr[]): Expr => ({ $: 'op', op: name, args });
const arr = (...of: Expr[]): Expr => ({ $: 'arr', of });
const obj = (of: Record<string, Expr>): Expr => ({ $: 'obj', of });

const env = new Map<string, unknown>([
  ['a', { text: 'x', number: 2, nil: null, list: [{ n: 1 }, { n: 2 }, {}], inner: { k: 'v' }, no: false }],
  ['off', undefined],
]);
const valueOf = (expr: Expr, keyed = false) => evaluate(expr, env, { keyed });

describe('a known expression', () => {
  test.each<[string, Expr, unknown]>([
    ['a literal', lit([1, { a: 2 }]), [1, { a: 2 }]],
    ['a field', ref('a', 'inner', 'k'), 'v'],
    ['a whole output', ref('a', 'list'), [{ n: 1 }, { n: 2 }, {}]],
    ['an item by index', ref('a', 'list', '1', 'n'), 2],
    ['a field that is not there', ref('a', 'none', 'deeper'), undefined],
    ['a field of a text', ref('a', 'text', 'length'), undefined],
    ['a field of null', ref('a', 'nil', 'x'), undefined],
    ['a field of a step that was left out', ref('off', 'x'), undefined],
    ['a list', arr(lit(1), ref('a', 'text')), [1, 'x']],
    ['an object; absent fields are left out', obj({ k: ref('a', 'text'), no: ref('off') }), { k: 'x' }],
    ['present', op('present', ref('a', 'no')), true],
    ['present of absent', op('present', ref('off')), false],
    ['present of null', op('present', ref('a', 'nil')), false],
    ['eq', op('eq', ref('a', 'list'), lit([{ n: 1 }, { n: 2 }, {}])), true],
    ['eq, whatever the order of keys', op('eq', lit({ a: 1, b: 2 }), lit({ b: 2, a: 1 })), true],
    ['eq of another', op('eq', ref('a', 'text'), lit('y')), false],
    ['eq of a number and its text', op('eq', lit(1), lit('1')), false],
    ['eq of absent and null', op('eq', ref('off'), lit(null)), true],
    ['eq of absent and a value', op('eq', ref('off'), lit(false)), false],
    ['firstOf', op('firstOf', ref('a', 'no'), lit(1)), false],
    ['firstOf of absent', op('firstOf', ref('off'), lit(1)), 1],
    ['firstOf of null', op('firstOf', ref('a', 'nil'), lit(1)), 1],
    ['merge; the second wins', op('merge', lit({ a: 1, b: 1 }), lit({ b: 2 })), { a: 1, b: 2 }],
    ['merge of absent', op('merge', ref('off'), lit({ b: 2 })), { b: 2 }],
    ['pick', op('pick', ref('a'), lit('text'), lit('none')), { text: 'x' }],
    ['pick of absent', op('pick', ref('off'), lit('text')), {}],
    ['pluck', op('pluck', ref('a', 'list'), lit('n')), [1, 2, undefined]],
    ['pluck of absent', op('pluck', ref('off'), lit('n')), undefined],
    ['get', op('get', ref('a', 'inner'), lit('k')), 'v'],
    ['text', op('text', lit('<'), ref('a', 'number'), ref('off'), lit('>')), '<2>'],
    ['unkeyed', op('unkeyed', ref('a', 'text')), 'x'],
  ])('%s', (_name, expr, value) => {
    expect(valueOf(expr)).toEqual(value);
  });

  test('an operator that this build does not have is an error', () => {
    expect(() => valueOf(op('shuffle' as Operator, lit(1)))).toThrow('does not know the operator shuffle');
  });
});

describe('names of Object.prototype are fields like others', () => {
  const hostile: unknown = JSON.parse('{"__proto__": {"x": 1}, "constructor": "mine"}');
  const own = new Map<string, unknown>([
    ['own', hostile],
    ['none', {}],
  ]);
  test.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty'])('%s is absent', key => {
    expect(evaluate(ref('none', key), own, { keyed: false })).toBe(undefined);
    expect(evaluate(ref('none', key, 'name'), own, { keyed: false })).toBe(undefined);
    expect(evaluate(op('get', ref('none'), lit(key)), own, { keyed: false })).toBe(undefined);
  });

  test('one that a document really has is read, picked and merged without effect on prototypes', () => {
    expect(evaluate(ref('own', '__proto__', 'x'), own, { keyed: false })).toBe(1);
    const picked = evaluate(op('pick', ref('own'), lit('__proto__')), own, { keyed: false }) as object;
    expect(Object.keys(picked)).toEqual(['__proto__']);
    const merged = evaluate(op('merge', ref('own'), lit({ y: 1 })), own, { keyed: false }) as object;
    expect(Object.keys(merged)).toEqual(['__proto__', 'constructor', 'y']);
    expect(({} as { x?: unknown }).x).toBe(undefined);
  });
});

describe('what is not known yet', () => {
  const open = ref('later', 'x');
  test.each<[string, Expr]>([
    ['a reference', open],
    ['a list', arr(lit(1), open)],
    ['an object', obj({ a: lit(1), b: obj({ c: open }) })],
    ['present', op('present', open)],
    ['the second of firstOf', op('firstOf', ref('a', 'text'), open)],
    ['text', op('text', lit('x'), open)],
    ['an unkeyed value, where it is read', op('unkeyed', open)],
  ])('makes %s unknown', (_name, expr) => {
    expect(valueOf(expr)).toBe(UNKNOWN);
  });

  test('is listed', () => {
    expect(openReferences(obj({ a: open, b: ref('a', 'text') }), env)).toEqual([
      { $: 'ref', step: 'later', path: ['x'] },
    ]);
  });
});

describe('unkeyed', () => {
  const input = obj({ title: ref('a', 'text'), at: op('unkeyed', ref('later', 'x')) });

  test('stays out of what the key is made of, known or not', () => {
    expect(valueOf(input, true)).toEqual({ title: 'x' });
    const known = new Map([...env, ['later', { x: 'now' }]]);
    expect(evaluate(input, known, { keyed: true })).toEqual({ title: 'x' });
    expect(evaluate(input, known, { keyed: false })).toEqual({ title: 'x', at: 'now' });
  });
});
