import { describe, expect, test } from '@jest/globals';
import { joinPatches, mergePatch } from './merge-patch.js';

const file = (digest: string, more: object = {}) => ({
  type: 'audio/bgm',
  digest: `sha256:${digest}`,
  size: 3,
  ...more,
});

describe('a merge patch', () => {
  // The examples of RFC 7396, appendix A.
  test.each<[unknown, unknown, unknown]>([
    [{ a: 'b' }, { a: 'c' }, { a: 'c' }],
    [{ a: 'b' }, { b: 'c' }, { a: 'b', b: 'c' }],
    [{ a: 'b' }, { a: null }, {}],
    [{ a: 'b', b: 'c' }, { a: null }, { b: 'c' }],
    [{ a: ['b'] }, { a: 'c' }, { a: 'c' }],
    [{ a: 'c' }, { a: ['b'] }, { a: ['b'] }],
    [{ a: { b: 'c' } }, { a: { b: 'd', c: null } }, { a: { b: 'd' } }],
    [{ a: [{ b: 'c' }] }, { a: [1] }, { a: [1] }],
    [
      ['a', 'b'],
      ['c', 'd'],
      ['c', 'd'],
    ],
    [{ a: 'b' }, ['c'], ['c']],
    [{ a: 'foo' }, null, null],
    [{ a: 'foo' }, 'bar', 'bar'],
    [{ e: null }, { a: 1 }, { e: null, a: 1 }],
    [[1, 2], { a: 'b', c: null }, { a: 'b' }],
    [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
  ])('%j patched with %j is %j', (target, patch, expected) => {
    const before = JSON.stringify(target);
    expect(mergePatch(target, patch)).toEqual(expected);
    expect(JSON.stringify(target)).toBe(before);
  });

  test('replaces a file whole', () => {
    const old = file('a', { filename: 'a.mp3', metadata: { bars: 8 } });
    expect(mergePatch({ track: old }, { track: file('b') })).toEqual({ track: file('b') });
  });
});

describe('two patches', () => {
  test.each<[Record<string, unknown>, Record<string, unknown>]>([
    [{ a: 1 }, { b: 2 }],
    [{ a: 1 }, { a: null }],
    [{ a: null }, { a: 2 }],
    [{ a: { b: 1 } }, { a: { c: 2 } }],
    [{ a: { b: 1 } }, { a: { b: null } }],
    [{ a: { b: 1 } }, { a: [1] }],
    [{ a: 1 }, { c: { d: null } }],
  ])('%j and %j are one', (first, second) => {
    const joined = joinPatches(first, second)!;
    for (const target of [{}, { a: { b: 9, d: 9 }, c: { d: 1 } }, { a: 5, b: 5 }])
      expect(mergePatch(target, joined)).toEqual(mergePatch(mergePatch(target, first), second));
  });

  test.each([
    [{ a: 1 }, { a: { b: 2 } }],
    [{ a: null }, { a: { b: 2 } }],
    [{ x: { a: [1] } }, { x: { a: { b: 2 } } }],
    [{ a: file('a') }, { a: { filename: 'other' } }],
  ])('%j and %j are not', (first, second) => {
    expect(joinPatches(first, second)).toBe(undefined);
  });
});
