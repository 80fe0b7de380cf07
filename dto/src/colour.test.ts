import { describe, expect, test } from '@jest/globals';
import { isCssColour, normaliseColour } from './colour.js';

describe('normaliseColour', () => {
  test.each([
    ['#ff2bd6', '#ff2bd6'],
    ['#F0A', '#ff00aa'],
    ['tomato', '#ff6347'],
    ['RebeccaPurple', '#663399'],
    ['rgb(255, 43, 214)', '#ff2bd6'],
    ['rgb(100% 0% 50%)', '#ff0080'],
    ['hsl(120 100% 25%)', '#008000'],
    ['hsl(204.7, 33.3%, 50%)', '#5587aa'],
    ['hwb(0 0% 0%)', '#ff0000'],
    ['color(display-p3 0 1 0)', '#00ff00'],
  ])('%s is %s', (css, hex) => expect(normaliseColour(css)).toBe(hex));

  test('a translucent colour lies over the backdrop', () => {
    expect(normaliseColour('rgb(255 255 255 / 50%)')).toBe('#808080');
    expect(normaliseColour('#ff000080', 'white')).toBe('#ff7f7f');
    expect(normaliseColour('transparent', '#123456')).toBe('#123456');
  });

  test('what is no colour is refused', () => {
    expect(() => normaliseColour('blurple')).toThrow(new RangeError('"blurple" is not a CSS colour'));
  });
});

test.each(['fff', ' 336699 ', '', '#ff', 'rgb(1,2)', 'red;color:blue', 'currentColor', 'url(x)', '</style>'])(
  '%p is no CSS colour',
  text => expect(isCssColour(text)).toBe(false),
);
