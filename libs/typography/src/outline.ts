import type * as hb from 'harfbuzzjs';
import type { Slice } from './slices.js';

/** Axis-aligned box, y downwards. */
export interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

export const emptyBox: Box = { left: Infinity, top: Infinity, right: -Infinity, bottom: -Infinity };

/** The smallest box around both. */
export function join(a: Box, b: Box): Box {
  return {
    left: a.left < b.left ? a.left : b.left,
    top: a.top < b.top ? a.top : b.top,
    right: a.right > b.right ? a.right : b.right,
    bottom: a.bottom > b.bottom ? a.bottom : b.bottom,
  };
}

type Command = ReturnType<hb.Font['glyphToJson']>[number];

const cache = new Map<string, Command[]>();

function commands(slice: Slice, weight: number, glyph: number): Command[] {
  const key = `${slice.id}@${weight}:${glyph}`;
  let found = cache.get(key);
  if (!found) {
    found = slice.font(weight).glyphToJson(glyph);
    // A bound, not a tuning value: a worker that lives for months draws many scripts.
    if (cache.size > 20_000) cache.clear();
    cache.set(key, found);
  }
  return found;
}

/** Two decimals of a pixel are below what any renderer shows, and keep the text of a path short and stable. */
function round(value: number): number {
  return Math.round(value * 100) / 100;
}

/**
 * A glyph as SVG path data.
 *
 * @param x position of the glyph's origin, in pixels
 * @param y the baseline, in pixels, y downwards
 * @param scale pixels per font unit
 */
export function outline(
  slice: Slice,
  weight: number,
  glyph: number,
  x: number,
  y: number,
  scale: number,
): { path: string; box: Box } {
  let path = '';
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const { type, values } of commands(slice, weight, glyph)) {
    path += type;
    for (let i = 0; i + 1 < values.length; i += 2) {
      const px = round(x + (values[i] ?? 0) * scale);
      const py = round(y - (values[i + 1] ?? 0) * scale);
      if (px < left) left = px;
      if (px > right) right = px;
      if (py < top) top = py;
      if (py > bottom) bottom = py;
      path += `${i > 0 ? ' ' : ''}${px} ${py}`;
    }
  }
  return { path, box: { left, top, right, bottom } };
}
