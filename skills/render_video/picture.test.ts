import { readFile } from 'node:fs/promises';
import { compile } from '@cairn/dto';
import { describe, expect, test } from '@jest/globals';
import { contrast, resolveColour } from './colour.js';
import { roundedRect, titleArea, type Rect } from './geometry.js';
import { easeOutBack, random, sine } from './motion.js';
import { over, saturate, toI420 } from './pixels.js';
import { Scene } from './scene.schema.js';
import { frameCount, momentOf } from './timing.js';

const palette = { primary: '#ff0000', secondary: '#00ff00', accent: '#0000ff', background: '#102030' };

test.each(['neon_arcade', 'paper_carnival'])('the scene of %s obeys its schema', async theme => {
  const path = new URL(`../../../libs/campaign-kit/themes/${theme}/scene.json`, import.meta.url);
  expect(compile(Scene).check(JSON.parse(await readFile(path, 'utf8')))).toEqual([]);
});

describe('colour expressions', () => {
  test.each([
    ['#abc', '#aabbcc'],
    ['primary', '#ff0000'],
    ['mix(primary, #000000, 0.5)', '#800000'],
    ['mix(mix(primary, secondary, 0.5), accent, 0.5)', '#404080'],
    ['on(background)', '#ffffff'],
    ['on(#ffee88)', '#17121f'],
  ])('%s is %s', (expression, colour) => expect(resolveColour(expression, palette)).toBe(colour));

  test('readable() stands off from its background', () => {
    const colour = resolveColour('readable(#203040, background)', palette);
    expect(contrast(colour, palette.background) >= 4).toBe(true);
  });

  test.each(['hsl(1, 2%, 3%)', 'tertiary', '#12'])('%s is refused', expression =>
    expect(() => resolveColour(expression, palette)).toThrow(/^not a colour/),
  );
});

test('movement is made of numbers that are the same everywhere', () => {
  expect([0, 1 / 12, 0.125, 0.25, 0.5, 0.75, -0.25, 7.25].map(sine)).toEqual([
    0, 0.5, 0.7071, 1, 0, -1, -1, 1,
  ]);
  expect([easeOutBack(0), easeOutBack(1)]).toEqual([0, 1]);
  const next = random('a');
  expect([next(), next()].map(value => Math.floor(value * 1000))).toEqual([621, 308]);
});

describe('time', () => {
  test('stops before the end, so that the last picture can be held', () => {
    expect(frameCount(24, 4)).toBe(96);
    const moments = Array.from({ length: 96 }, (_, i) => momentOf(i, 24, 4));
    expect(moments.at(-1)).toEqual(moments.at(-6));
    const steps = moments.slice(1).map((moment, i) => moment.clock - moments[i]!.clock);
    expect(steps.every(step => step >= 0 && step < 0.05)).toBe(true);
  });

  test('a short film plays the same script faster', () => {
    expect(momentOf(6, 12, 1).script).toBe(2);
    expect(momentOf(24, 12, 30).script).toBe(2);
  });
});

describe('places', () => {
  test.each<[number, number, Rect]>([
    [1280, 720, { x: 440, y: 500, width: 400, height: 110 }],
    [1280, 720, { x: 440, y: 20, width: 400, height: 110 }],
    [720, 1280, { x: 160, y: 890, width: 400, height: 110 }],
    [160, 160, { x: 40, y: 60, width: 80, height: 40 }],
    [1920, 160, { x: 900, y: 100, width: 88, height: 24 }],
  ])('in %i × %i the title keeps off the button', (width, height, button) => {
    const area = titleArea({ width, height }, button);
    const apart =
      area.x + area.width <= button.x ||
      button.x + button.width <= area.x ||
      area.y + area.height <= button.y ||
      button.y + button.height <= area.y;
    expect(apart).toBe(true);
    expect(area.x >= 0 && area.y >= 0 && area.x + area.width <= width && area.y + area.height <= height).toBe(
      true,
    );
  });

  test('a rounded rectangle touches its bounds and leaves the corners free', () => {
    const { polygon, path } = roundedRect({ x: 10, y: 20, width: 100, height: 40 }, 20);
    expect(polygon.length).toBe(44);
    expect(polygon[0]).toEqual([10, 40]);
    expect(polygon[5]).toEqual([15.86, 25.86]);
    expect(path.startsWith('M10 40L')).toBe(true);
  });
});

describe('pixels', () => {
  const solid = (r: number, g: number, b: number) =>
    Uint8Array.from({ length: 16 }, (_, i) => [r, g, b, 255][i % 4]!);
  const yuv = (picture: Uint8Array) => {
    const out = new Uint8Array(6);
    toI420(picture, 2, 2, out);
    return [out[0], out[4], out[5]];
  };

  // ITU-R BT.709, limited range.
  test.each([
    ['white', solid(255, 255, 255), [235, 128, 128]],
    ['black', solid(0, 0, 0), [16, 128, 128]],
    ['red', solid(255, 0, 0), [63, 102, 240]],
    ['green', solid(0, 255, 0), [173, 42, 26]],
    ['blue', solid(0, 0, 255), [32, 240, 118]],
  ])('%s', (_name, picture, expected) => expect(yuv(picture)).toEqual(expected));

  test('a half transparent picture is laid over', () => {
    const below = solid(200, 100, 0);
    over(
      below,
      Uint8Array.from({ length: 16 }, (_, i) => [0, 0, 128, 128][i % 4]!),
    );
    expect([...below.subarray(0, 4)]).toEqual([100, 50, 128, 255]);
  });

  test('grey keeps the brightness', () => {
    const picture = solid(255, 0, 0);
    saturate(picture, 0);
    expect([...picture.subarray(0, 4)]).toEqual([53, 53, 53, 255]);
  });
});
