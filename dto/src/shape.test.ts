import { describe, expect, test } from '@jest/globals';
import { Type } from 'typebox';
import { cutTo, withDefaults } from './shape.js';
import { closed, map } from './types/scalars.js';

const Inner = closed(
  { level: Type.String({ default: 'medium' }), note: Type.Optional(Type.String()) },
  { default: {} },
);
const Schema = closed({
  inner: Inner,
  sizes: map(closed({ volume: Type.Number({ default: 1 }) }), { default: {} }),
  list: Type.Optional(Type.Array(closed({ on: Type.Boolean({ default: true }) }))),
  anything: Type.Optional(Type.Unknown()),
});

describe('withDefaults', () => {
  test('fills what is absent, at every level', () => {
    expect(withDefaults(Schema, {})).toEqual({ inner: { level: 'medium' }, sizes: {} });
    expect(withDefaults(Schema, { inner: { note: 'x' }, sizes: { a: {} }, list: [{}] })).toEqual({
      inner: { level: 'medium', note: 'x' },
      sizes: { a: { volume: 1 } },
      list: [{ on: true }],
    });
  });

  test('keeps what is there, wrong or unknown, for the check to name', () => {
    expect(withDefaults(Schema, { inner: 5, more: 1 })).toEqual({ inner: 5, more: 1, sizes: {} });
    expect(withDefaults(Schema, null)).toBe(null);
  });

  test('leaves the argument as it is, and gives each caller values of its own', () => {
    const argument = { inner: {} };
    const first = withDefaults(Schema, argument) as { sizes: Record<string, unknown> };
    first.sizes['a'] = 1;
    expect(argument).toEqual({ inner: {} });
    expect(withDefaults(Schema, {})).toEqual({ inner: { level: 'medium' }, sizes: {} });
  });

  test('a key __proto__ stays a key, and reaches no prototype', () => {
    const filled = withDefaults(Schema, JSON.parse('{"__proto__":{"polluted":true}}')) as object;
    expect(Object.keys(filled)).toContain('__proto__');
    expect(({} as Record<string, unknown>)['polluted']).toBe(undefined);
    expect((filled as Record<string, unknown>)['polluted']).toBe(undefined);
  });
});

test('plain JSON Schema serves as well as TypeBox', () => {
  const schema = {
    type: 'object',
    properties: {
      prizes: { type: 'array', items: { type: 'object', properties: { weight: { default: 1 } } } },
    },
    allOf: [{ properties: { turns: { default: 4 } } }],
  };
  expect(withDefaults(schema, { prizes: [{}, { weight: 2 }] })).toEqual({
    prizes: [{ weight: 1 }, { weight: 2 }],
    turns: 4,
  });
  expect(cutTo(schema, { prizes: [{ weight: 2, x: 1 }], turns: 1, more: 1 })).toEqual({
    prizes: [{ weight: 2 }],
    turns: 1,
  });
});

describe('cutTo', () => {
  test('of alternatives, the first that accepts counts', () => {
    const schema = Type.Object({
      v: Type.Union([closed({ a: Type.String() }), closed({ b: Type.String() }), Type.Null()]),
    });
    expect(cutTo(schema, { v: { b: 'x', c: 1 } })).toEqual({ v: { b: 'x' } });
    expect(cutTo(schema, { v: null })).toEqual({ v: null });
    expect(cutTo(schema, { v: { c: 1 } })).toEqual({ v: { c: 1 } });
  });

  test('drops what is not declared, at every level', () => {
    const value = { inner: { level: 'x', other: 1 }, sizes: { a: { volume: 1, x: 2 } }, more: 1 };
    expect(cutTo(Schema, value)).toEqual({ inner: { level: 'x' }, sizes: { a: { volume: 1 } } });
    expect(value).toEqual({ inner: { level: 'x', other: 1 }, sizes: { a: { volume: 1, x: 2 } }, more: 1 });
  });

  test('keeps all of what may be anything', () => {
    expect(cutTo(Schema, { anything: { a: [{ b: 1 }] } })).toEqual({ anything: { a: [{ b: 1 }] } });
  });

  test('drops undeclared fields of a picked part, whatever the whole refuses', () => {
    const Part = Type.Object({ inner: Type.Pick(Inner, ['note']) });
    expect(cutTo(Part, { inner: { level: 'x', note: 'y' } })).toEqual({ inner: { note: 'y' } });
  });
});
