import { clamp } from './motion.js';

/** The four colours of a campaign, `#rrggbb`. */
export interface Palette {
  readonly primary: string;
  readonly secondary: string;
  readonly accent: string;
  readonly background: string;
}

type Rgb = readonly [number, number, number];

function parseHex(hex: string): Rgb {
  const match = /^#([0-9a-f]{3}|[0-9a-f]{6}|[0-9a-f]{8})$/i.exec(hex);
  if (!match) throw new TypeError(`not a colour in hexadecimal: ${JSON.stringify(hex)}`);
  const digits = match[1] ?? '';
  const full = digits.length === 3 ? [...digits].map(digit => digit + digit).join('') : digits;
  const at = (i: number) => parseInt(full.slice(i, i + 2), 16);
  return [at(0), at(2), at(4)];
}

function toHex(rgb: Rgb): string {
  return `#${rgb
    .map(channel =>
      Math.round(clamp(channel, 0, 255))
        .toString(16)
        .padStart(2, '0'),
    )
    .join('')}`;
}

/** A colour on the straight line between two, `amount` of the way to the second. */
export function mix(from: string, to: string, amount: number): string {
  const a = parseHex(from);
  const b = parseHex(to);
  const at = (i: 0 | 1 | 2) => a[i] + (b[i] - a[i]) * amount;
  return toHex([at(0), at(1), at(2)]);
}

/** Brightness 0 to 1, by the BT.709 weights on squared channels (near enough to linear light, and free of pow). */
export function luminance(hex: string): number {
  const [r, g, b] = parseHex(hex).map(channel => (channel / 255) * (channel / 255)) as [
    number,
    number,
    number,
  ];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

/** Contrast of two colours, 1 to 21, by the formula of WCAG 2. */
export function contrast(a: string, b: string): number {
  const [x, y] = [luminance(a), luminance(b)];
  return (Math.max(x, y) + 0.05) / (Math.min(x, y) + 0.05);
}

const dark = '#17121f';
const light = '#ffffff';

/** White or near-black, whichever reads better on a colour. White is favoured: on a saturated button it looks right. */
export function on(background: string): string {
  return contrast(light, background) >= 3 || contrast(light, background) >= contrast(dark, background)
    ? light
    : dark;
}

/** The colour, moved towards white or black until it stands off from the background by the ratio. */
export function readable(colour: string, background: string, ratio = 4): string {
  const target = contrast(light, background) > contrast(dark, background) ? light : dark;
  for (let step = 0; step <= 10; step++) {
    const candidate = mix(colour, target, step / 10);
    if (contrast(candidate, background) >= ratio) return candidate;
  }
  return target;
}

function splitArguments(text: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let part = '';
  for (const character of text) {
    if (character === '(') depth++;
    if (character === ')') depth--;
    if (character === ',' && depth === 0) {
      parts.push(part);
      part = '';
    } else {
      part += character;
    }
  }
  return [...parts, part].map(each => each.trim());
}

/**
 * The colour that an expression of a scene means: `#rrggbb`, one of the palette's names, `mix(a, b, 0.4)`, `on(a)`,
 * `readable(a, b)`.
 *
 * @throws TypeError when it is none of these
 */
export function resolveColour(expression: string, palette: Palette): string {
  const text = expression.trim();
  if (text.startsWith('#')) return toHex(parseHex(text));
  if (Object.hasOwn(palette, text)) return resolveColour(palette[text as keyof Palette], palette);
  const call = /^(mix|on|readable)\((.*)\)$/.exec(text);
  if (call) {
    const [a = '', b = '', amount = '0.5'] = splitArguments(call[2] ?? '');
    const first = resolveColour(a, palette);
    if (call[1] === 'on') return on(first);
    const second = resolveColour(b, palette);
    return call[1] === 'mix' ? mix(first, second, Number(amount)) : readable(first, second);
  }
  throw new TypeError(`not a colour expression: ${JSON.stringify(expression)}`);
}
