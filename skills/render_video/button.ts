import type { TextLayout } from '@cairn/typography';
import { mix, resolveColour, type Palette } from './colour.js';
import { roundedRect, type ButtonShape, type Rect } from './geometry.js';
import { moving, type Slab } from './layers/stage.js';
import { between, easeInOut, easeOut, easeOutBack, sine } from './motion.js';
import type { Scene } from './scene.schema.js';
import { around, n } from './svg.js';

/** The button comes in at this second of the script, and from half a second later stands exactly on its bounds. */
export const buttonEnters = 1.35;

/** The button's outline: what is drawn and the manifest's mask are both this polygon. */
export function buttonShape(bounds: Rect, style: Scene['button']): ButtonShape {
  return roundedRect(bounds, (Math.min(bounds.width, bounds.height) / 2) * style.radius);
}

/** Label size and room for `Typesetter.layout`. */
export function labelOptions(bounds: Rect): {
  size: number;
  maxWidth: number;
  maxHeight: number;
  maxLines: number;
} {
  return {
    size: bounds.height * 0.4,
    maxWidth: bounds.width * 0.82,
    maxHeight: bounds.height * 0.72,
    maxLines: bounds.height > bounds.width * 0.45 ? 3 : 2,
  };
}

/**
 * The button: it springs in, then light runs over it and rings go out from it; its body does not move again, so its
 * bounds are true from then on.
 */
export function drawButton(
  shape: ButtonShape,
  label: TextLayout,
  style: Scene['button'],
  palette: Palette,
): Slab[] {
  const colour = (expression: string) => resolveColour(expression, palette);
  const { bounds } = shape;
  const [cx, cy] = [bounds.x + bounds.width / 2, bounds.y + bounds.height / 2];
  const [top, bottom] = style.fill.map(colour) as [string, string];
  const edge = colour(style.edge);
  const short = Math.min(bounds.width, bounds.height);
  const inner = roundedRect(
    {
      x: bounds.x + short * 0.07,
      y: bounds.y + short * 0.07,
      width: bounds.width - short * 0.14,
      height: bounds.height - short * 0.14,
    },
    Math.max(0, shape.radius - short * 0.07),
  );
  const defs =
    `<defs><linearGradient id="bf" x1="0" y1="0" x2="0" y2="1"><stop offset="0" stop-color="${top}"/><stop offset="1" stop-color="${bottom}"/></linearGradient>` +
    `<clipPath id="bc"><path d="${shape.path}"/></clipPath></defs>`;
  const text = `<path d="${label.path}" transform="translate(${n(cx - label.width / 2)} ${n(cy - label.middle)})" fill="${colour(style.label)}"/>`;

  // Light around the button, or the shadow under it: blurred once, then only faded in.
  const soft = style.finish === 'glow' ? short * 0.2 : short * 0.07;
  const margin = short * 0.8;
  const blur = `<defs><filter id="bl" filterUnits="userSpaceOnUse" x="${n(bounds.x - margin)}" y="${n(bounds.y - margin)}" width="${n(bounds.width + 2 * margin)}" height="${n(bounds.height + 2 * margin)}"><feGaussianBlur stdDeviation="${n(soft)}"/></filter></defs>`;
  const surround =
    style.finish === 'glow'
      ? `<path d="${shape.path}" fill="${edge}" stroke="${edge}" stroke-width="${n(short * 0.12)}" filter="url(#bl)" opacity="0.8"/>`
      : `<path d="${shape.path}" transform="translate(0 ${n(short * 0.1)})" fill="#000000" filter="url(#bl)" opacity="0.4"/>`;

  return [
    {
      kind: 'still',
      svg: blur + surround,
      opacity: ({ clock, script }) =>
        easeInOut(between(script, buttonEnters + 0.2, buttonEnters + 0.6)) *
        (style.finish === 'glow' ? 0.85 + 0.15 * sine(clock * 0.8) : 1),
    },
    moving(({ script }) => {
      const u = between(script, buttonEnters, buttonEnters + 0.5);
      if (u <= 0) return '';
      const body =
        style.finish === 'glow'
          ? `<path d="${shape.path}" fill="url(#bf)"/><path d="${inner.path}" fill="none" stroke="${mix(edge, '#ffffff', 0.45)}" stroke-width="${n(short * 0.025)}" stroke-opacity="0.85"/>`
          : `<path d="${shape.path}" fill="url(#bf)"/><path d="${inner.path}" fill="none" stroke="${edge}" stroke-width="${n(short * 0.022)}" stroke-opacity="0.8" stroke-dasharray="${n(short * 0.075)} ${n(short * 0.055)}"/>`;
      const after = script - buttonEnters - 0.45;
      let light = '';
      let rings = '';
      if (after > 0) {
        const beat = after * 0.62 - Math.floor(after * 0.62);
        const swept = easeInOut(between(beat, 0.05, 0.45));
        if (swept > 0 && swept < 1) {
          const at = bounds.x - bounds.height + (bounds.width + bounds.height * 1.6) * swept;
          const slant = bounds.height * 0.5;
          light = `<g clip-path="url(#bc)"><path d="M${n(at)} ${n(bounds.y)}l${n(slant)} 0l${n(-slant)} ${n(bounds.height)}l${n(-slant)} 0Z" fill="#ffffff" fill-opacity="0.32"/></g>`;
        }
        const spread = easeOut(beat);
        if (beat < 0.9) {
          const by = short * 0.34 * spread;
          const ring = roundedRect(
            {
              x: bounds.x - by,
              y: bounds.y - by,
              width: bounds.width + 2 * by,
              height: bounds.height + 2 * by,
            },
            shape.radius + by,
          );
          rings = `<path d="${ring.path}" fill="none" stroke="${edge}" stroke-width="${n(short * 0.05 * (1 - beat))}" stroke-opacity="${n(0.7 * (1 - beat / 0.9))}"/>`;
        }
      }
      const grown = u < 1 ? ` transform="${around(cx, cy, easeOutBack(u))}"` : '';
      return `${defs}${rings}<g${grown}>${body}${light}${text}</g>`;
    }),
  ];
}
