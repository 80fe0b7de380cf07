import { describe, expect, test } from '@jest/globals';
import { defineSkill, inputOf } from './define-skill.js';
import { durationMs } from './duration.js';
import { RetryableError, TerminalError } from './errors.js';
import { Type, type Static } from './index.js';

const spec = { title: 'Toy', input: Type.Object({}), output: Type.Object({}) };

describe('defineSkill', () => {
  test('gives id, version and the declaration itself', () => {
    const whole = { ...spec, id: 'toy_1', version: '1.2.3' };
    expect(defineSkill(whole)).toEqual({ id: 'toy_1', version: '1.2.3', spec: whole });
  });

  test.each(['', 'Toy', '1toy', 'toy-1', 'toy.one', '_toy', 'x'.repeat(65)])('refuses the id %j', id => {
    expect(() => defineSkill({ ...spec, id, version: '1.0.0' })).toThrow(`not ${JSON.stringify(id)}`);
  });

  test.each(['', '1', '1.0', 'v1.0.0', '1.0.0-beta', '1.0.0 '])('refuses the version %j', version => {
    expect(() => defineSkill({ ...spec, id: 'toy', version })).toThrow('toy: the version is like 1.0.0');
  });
});

test('inputOf gives the schema of the input, with its type', () => {
  const input = Type.Object({ text: Type.String() });
  const schema = inputOf(defineSkill({ ...spec, id: 'toy', version: '1.0.0', input }));
  const typed: Static<typeof schema> = { text: 'typed' };
  expect([schema, typed.text]).toEqual([input, 'typed']);
});

describe('durationMs', () => {
  test.each([
    ['250ms', 250],
    ['30s', 30_000],
    ['5m', 300_000],
    ['12h', 43_200_000],
    ['7d', 604_800_000],
    ['1.5s', 1_500],
    ['0s', 0],
  ])('%s is %d ms', (text, ms) => {
    expect(durationMs(text)).toBe(ms);
  });

  test.each(['', '5', 's', '-5s', '5 s', '5 minutes', '1e3s', '5w', '.5s'])('refuses %j', text => {
    expect(() => durationMs(text)).toThrow(`not ${JSON.stringify(text)}`);
  });
});

test('an error says whether another try can help', () => {
  const cause = new Error('socket closed');
  expect(new TerminalError('BROKEN', 'never')).toMatchObject({ code: 'BROKEN', retryable: false });
  expect(new RetryableError('AWAY', 'later', cause)).toMatchObject({ code: 'AWAY', retryable: true, cause });
});
