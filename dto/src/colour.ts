import { converter, parse } from 'culori';

const toRgb = converter('rgb');
// The library also takes hex digits without '#', which CSS does not.
const BARE_HEX = /^\s*[0-9a-f]+\s*$/i;
const read = (css: string) => (BARE_HEX.test(css) ? undefined : parse(css));

/** Whether the text is a CSS colour: named, hex, rgb(), hsl(), hwb(), lab(), lch(), oklab(), oklch(), color(). */
export function isCssColour(css: string): boolean {
  return read(css) !== undefined;
}

/**
 * Any CSS colour as `#rrggbb`, which every drawing library understands alike. A colour outside sRGB is clipped;
 * a translucent one is laid over `backdrop`, itself any CSS colour.
 *
 * @throws RangeError when the text is not a CSS colour.
 */
export function normaliseColour(css: string, backdrop = '#000000'): string {
  const top = channels(css);
  const below = top.alpha < 1 ? channels(backdrop) : top;
  return `#${[0, 1, 2]
    .map(i => top.rgb[i]! * top.alpha + below.rgb[i]! * (1 - top.alpha))
    .map(c =>
      Math.round(c * 255)
        .toString(16)
        .padStart(2, '0'),
    )
    .join('')}`;
}

function channels(css: string): { rgb: number[]; alpha: number } {
  const colour = toRgb(read(css));
  if (colour === undefined) throw new RangeError(`${JSON.stringify(css)} is not a CSS colour`);
  const clip = (c: number) => Math.min(1, Math.max(0, Number.isFinite(c) ? c : 0));
  return { rgb: [colour.r, colour.g, colour.b].map(clip), alpha: clip(colour.alpha ?? 1) };
}
