import { describe, expect, test } from '@jest/globals';
import { Type } from 'typebox';
import { ValidationError } from './errors.js';
import { Sha256, closed, map, oneOf } from './types/scalars.js';
import { compile } from './validate.js';

const Schema = closed({
  name: Type.String({ maxLength: 3 }),
  size: Type.Optional(oneOf('s', 'm')),
  'a/b~c': Type.Optional(Type.Number({ exclusiveMinimum: 0 })),
  tags: Type.Optional(map(Type.Integer())),
  hash: Type.Optional(Sha256),
});
const { check, parse } = compile(Schema);
const issue = (path: string, message: string, code = 'VALIDATION_ERROR') => ({ path, code, message });

describe('check', () => {
  test('a valid document has no issues', () => {
    expect(check({ name: 'abc', size: 'm', 'a/b~c': 1, tags: { x: 1 } })).toEqual([]);
  });

  test('a missing field is named, not its parent', () => {
    expect(check({})).toEqual([issue('/name', 'is required')]);
  });

  test('every broken rule is told, each with the pointer of its value', () => {
    expect(check({ name: 'abcd', size: 'x', 'a/b~c': 0, more: 1 })).toEqual([
      issue('/more', 'is an unknown field'),
      issue('/name', 'must have at most 3 characters'),
      issue('/size', 'must be one of "s", "m"'),
      issue('/a~1b~0c', 'must be greater than 0'),
    ]);
  });

  test('characters are counted, not UTF-16 units', () => {
    expect(check({ name: '😀😀😀' })).toEqual([]);
  });

  test('a digest that is none has its own code', () => {
    expect(check({ name: 'a', hash: 'sha256:XYZ' })).toEqual([
      issue('/hash', 'must match ^sha256:[0-9a-f]{64}$', 'INVALID_HASH'),
    ]);
  });

  test('the keys of a map are names', () => {
    expect(check({ name: 'a', tags: { ok: 1, 'not ok': 1, '../x': 2 } })).toEqual([
      issue(
        '/tags/not ok',
        'is not a name that this map takes: letters, digits, _ and -, starting with a letter',
      ),
      issue(
        '/tags/..~1x',
        'is not a name that this map takes: letters, digits, _ and -, starting with a letter',
      ),
    ]);
  });

  test.each(['__proto__', 'constructor', 'prototype'])('%s is an unknown field, at any depth', key => {
    expect(check(JSON.parse(`{"name":"a","${key}":{"polluted":true}}`))).toEqual([
      issue(`/${key}`, 'is an unknown field'),
    ]);
    expect(check(JSON.parse(`{"name":"a","tags":{"${key}":1}}`))).toEqual([
      issue(`/tags/${key}`, 'is an unknown field'),
    ]);
    expect(({} as Record<string, unknown>)['polluted']).toBe(undefined);
  });

  test('what PostgreSQL or UTF-8 cannot carry is refused', () => {
    expect(check({ name: 'a\u0000' })).toEqual([issue('/name', 'must not contain the character U+0000')]);
    expect(check({ name: '\ud800' })).toEqual([
      issue('/name', 'must be well-formed Unicode, without lone surrogates'),
    ]);
    expect(check({ name: 'a', 'a/b~c': 2 ** 60 })).toEqual([
      issue('/a~1b~0c', 'must be an integer below 2^53'),
    ]);
  });

  test('nesting has an end', () => {
    const deep = JSON.parse(`${'['.repeat(40)}${']'.repeat(40)}`) as unknown;
    expect(check({ name: deep })[0]?.message).toBe('must not be nested deeper than 32 levels');
  });

  test.each([null, [], 'text', 5, true])('%p is no object', value =>
    expect(check(value)).toEqual([issue('', 'must be an object')]),
  );
});

describe('a document without end', () => {
  const numbers = compile(Type.Array(Type.Integer()));
  const many = <T>(length: number, item: T) => Array.from({ length }, () => item);

  test('of wrong items: a hundred are told, then how many more there are', () => {
    expect(numbers.check(many(100, 'x'))).toHaveLength(100);
    const issues = numbers.check(many(101, 'x'));
    expect(issues).toHaveLength(101);
    expect(issues.slice(-2)).toEqual([issue('/99', 'must be an integer'), issue('', 'breaks 1 more rule')]);
    expect(numbers.check(many(20_000, 'x')).slice(100)).toEqual([issue('', 'breaks 19900 more rules')]);
    expect(numbers.check(many(20_000, 'x\u0000')).slice(100)).toEqual([issue('', 'breaks 19900 more rules')]);
  });

  test.each([
    ['items', (n: number) => many(n, 1)],
    ['fields', (n: number) => Object.fromEntries(many(n, 1).map((one, i) => [`k${i}`, one]))],
    ['items of items', (n: number) => [many(n / 2 - 1, 1), many(n - n / 2 - 1, 1)]],
  ])('of %s: 20,000 are looked at, more are not', (_what, document) => {
    const anything = compile(Type.Unknown());
    expect(anything.check(document(20_000))).toEqual([]);
    expect(anything.check(document(20_002))).toEqual([
      issue('', 'must not have more than 20000 fields and items altogether'),
    ]);
  });
});

describe('parse', () => {
  test('gives the value back', () => {
    const value = { name: 'a' };
    expect(parse(value)).toBe(value);
  });

  test('throws one error with all issues', () => {
    const thrown = () => parse({ name: 1, x: 1 }, 'The trigger');
    expect(thrown).toThrow(ValidationError);
    expect(thrown).toThrow('The trigger is not valid: /x is an unknown field (and 1 more)');
  });
});

test('an issue says what the schema says, where it says something', () => {
  const schema = {
    type: 'array',
    contains: { const: 1 },
    'x-message': 'must hold a one',
  };
  expect(compile(schema).check([2, 3])).toEqual([issue('', 'must hold a one')]);
});

test('a schema is compiled once', () => {
  expect(compile(Schema)).toBe(compile(Schema));
});
