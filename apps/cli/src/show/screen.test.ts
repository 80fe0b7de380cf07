import { describe, expect, test } from '@jest/globals';
import { PassThrough } from 'node:stream';
import { canRedraw, createScreen } from './screen.js';

describe('whether a terminal is redrawn', () => {
  test.each([
    [true, {}, true],
    [false, {}, false],
    [true, { CI: 'true' }, false],
    [true, { CI: 'false' }, true],
    [true, { NO_COLOR: '1' }, false],
    [true, { NO_COLOR: '' }, true],
    [true, { TERM: 'dumb' }, false],
  ])('a terminal: %s, environment %j: %s', (isTTY, env, expected) => {
    expect(canRedraw({ isTTY }, env)).toBe(expected);
  });
});

test('elsewhere there are lines and nothing but lines', () => {
  const stream = new PassThrough() as unknown as NodeJS.WriteStream & PassThrough;
  const screen = createScreen(stream, {});
  screen.show(() => ['never seen']);
  screen.line(screen.colours.red('one'));
  screen.end(true);
  expect(stream.read()?.toString()).toBe('one\n');
});
