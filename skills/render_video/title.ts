import type { TextLayout, TextUnit } from '@cairn/typography';
import type { Palette } from './colour.js';
import { resolveColour } from './colour.js';
import type { Rect } from './geometry.js';
import { moving, type Slab } from './layers/stage.js';
import { between, easeInOut, easeOut, easeOutBack, lerp, random, sine } from './motion.js';
import type { Scene } from './scene.schema.js';
import { around, n } from './svg.js';
import type { Moment } from './timing.js';

type Style = Scene['title'];
export type Entrance = Scene['roles']['intro']['entrance'];

/** How one unit of the title stands at a moment; offsets in pixels, angle in degrees. */
interface Pose {
  /** Scale and angle are about the middle of the whole title, not of the unit. */
  readonly together?: boolean;
  readonly dx: number;
  readonly dy: number;
  readonly scale: number;
  readonly angle: number;
  readonly opacity: number;
}

/** Entrances take this part of the script, in seconds, from the first unit's start to the last one's end. */
const begins = 0.2;
const spread = 0.85;

type Move = (moment: Moment, part: number, seed: number, size: number) => Pose;

const moves: Readonly<Record<Entrance, Move>> = {
  /** A tube that is switched on: two failed tries, then light. */
  flicker({ script }, _part, seed) {
    const start = begins + seed * spread;
    const age = script - start;
    const lit = age > 0.34 || (age > 0 && age < 0.06) || (age > 0.14 && age < 0.2);
    return { dx: 0, dy: 0, scale: 1, angle: 0, opacity: lit ? 1 : age > 0 ? 0.3 : 0.14 };
  },
  /** Each letter springs up from below. */
  pop({ script, clock }, part, seed, size) {
    const u = between(script, begins + part * spread, begins + part * spread + 0.5);
    const idle = sine(clock * 0.4 + part * 0.9) * size * 0.018;
    return {
      dx: 0,
      dy: lerp(size * 0.9, 0, easeOutBack(u)) + idle,
      scale: lerp(0.3, 1, easeOutBack(u)),
      angle: lerp((seed - 0.5) * 60, 0, easeOut(u)),
      opacity: between(u, 0, 0.25),
    };
  },
  /** The whole title comes down from before the screen, shakes, and then its letters jump in turn. */
  slam({ script, clock }, part, _seed, size) {
    const u = between(script, begins, begins + 0.36);
    const after = script - begins - 0.36;
    const shake = after > 0 && after < 0.5 ? (0.5 - after) * size * 0.14 * sine(after * 9) : 0;
    const jump =
      Math.max(0, sine(clock * 0.55 - part * 0.35)) * size * 0.06 * easeInOut(between(script, 1.2, 1.9));
    const scale = after < 0 ? lerp(3.2, 0.94, u * u) : lerp(0.94, 1, easeOutBack(after / 0.3, 3));
    return { together: true, dx: shake, dy: -jump, scale, angle: 0, opacity: between(u, 0, 0.5) };
  },
  /** Letters are thrown up from below, turning, and go on jumping in a wave; from below, lines do not meet. */
  leap({ script, clock }, part, seed, size) {
    const u = between(script, begins + part * spread, begins + part * spread + 0.55);
    const jump =
      Math.max(0, sine(clock * 0.5 - part * 0.4)) * size * 0.07 * easeInOut(between(script, 1.5, 2.2));
    return {
      dx: 0,
      dy: lerp(size * 1.5, 0, easeOutBack(u, 2.6)) - jump,
      scale: lerp(0.5, 1, easeOut(u)),
      angle: lerp(seed < 0.5 ? -150 : 150, 0, easeOut(u)),
      opacity: between(u, 0, 0.15),
    };
  },
  /** Letters come down slowly, as leaves do, and hang a little crooked. */
  sink({ script, clock }, part, seed, size) {
    const u = between(script, begins + part * spread * 0.9, begins + part * spread * 0.9 + 1.2);
    const eased = easeInOut(u);
    return {
      dx: sine(eased * 0.5 + seed) * size * 0.14 * (1 - eased),
      dy: lerp(-size * 0.38, 0, eased) + sine(clock * 0.22 + part * 0.6) * size * 0.02 * eased,
      scale: 1,
      angle: (1 - eased) * (seed - 0.5) * 40 + eased * (seed - 0.5) * 5,
      opacity: easeInOut(between(u, 0, 0.7)),
    };
  },
};

/** A flat list of what is drawn, each unit with its place in the reading order as a part from 0 to 1. */
function unitsOf(layout: TextLayout): { unit: TextUnit; part: number }[] {
  const units = layout.lines.flatMap(line => line.units);
  const last = Math.max(
    1,
    units.reduce((most, unit) => Math.max(most, unit.order), 0),
  );
  return units.filter(unit => unit.path !== '').map(unit => ({ unit, part: unit.order / last }));
}

/** How much of the light around a title is on. */
function glowAt(entrance: Entrance, { script, clock }: Moment): number {
  const hum = 0.92 + 0.08 * sine(clock * 0.7);
  if (entrance === 'sink') return hum * easeInOut(between(script, begins + 1.3, begins + 2.3));
  if (entrance !== 'flicker') return hum * easeInOut(between(script, begins + 0.35, begins + 0.9));
  const age = script - begins;
  const first = age > 0.3 && age < 0.36 ? 0.4 : age > 0.5 && age < 0.56 ? 0.55 : 0;
  return Math.max(first, hum * between(age, 0.62, 1.25));
}

/**
 * The title at its place: light behind it, then the letters.
 *
 * @param layout set with `align: 'center'` to the area's width
 * @param area the title is centred in it
 */
export function drawTitle(
  layout: TextLayout,
  area: Rect,
  style: Style,
  palette: Palette,
  entrance: Entrance,
): Slab[] {
  const colour = (expression: string) => resolveColour(expression, palette);
  const size = layout.fontSize;
  const x = area.x + (area.width - layout.width) / 2;
  const y = area.y + area.height / 2 - layout.middle;
  const place = `translate(${n(x)} ${n(y)})`;
  const [top, bottom] = style.fill.map(colour) as [string, string];
  const outline = colour(style.outline.color);
  const shadow = colour(style.shadow.color);
  const next = random(`title:${layout.path.length}`);
  const units = unitsOf(layout).map(each => ({
    ...each,
    seed: next(),
    lean: (next() - 0.5) * 2 * style.jitter,
  }));
  const slabs: Slab[] = [];

  if (style.glow.strength > 0) {
    const light = colour(style.glow.color);
    const reach = size * 1.2;
    const blur = (id: string, by: number) =>
      `<filter id="${id}" filterUnits="userSpaceOnUse" x="${n(layout.ink.left - reach)}" y="${n(layout.ink.top - reach)}" width="${n(layout.ink.right - layout.ink.left + 2 * reach)}" height="${n(layout.ink.bottom - layout.ink.top + 2 * reach)}"><feGaussianBlur stdDeviation="${n(by)}"/></filter>`;
    const s = style.glow.strength;
    slabs.push({
      kind: 'still',
      svg:
        `<defs>${blur('tg1', size * 0.34)}${blur('tg2', size * 0.1)}</defs><g transform="${place}">` +
        `<path d="${layout.path}" fill="${light}" stroke="${light}" stroke-width="${n(size * 0.16)}" stroke-linejoin="round" filter="url(#tg1)" opacity="${n(s * 0.85)}"/>` +
        `<path d="${layout.path}" fill="${light}" stroke="${light}" stroke-width="${n(size * 0.07)}" stroke-linejoin="round" filter="url(#tg2)" opacity="${n(s)}"/></g>`,
      opacity: moment => glowAt(entrance, moment),
    });
  }

  // One gradient over the whole title's height; in user space, so that all letters share it.
  const gradient = `<defs><linearGradient id="tf" gradientUnits="userSpaceOnUse" x1="0" y1="${n(layout.ink.top)}" x2="0" y2="${n(layout.ink.bottom)}"><stop offset="0.1" stop-color="${top}"/><stop offset="0.9" stop-color="${bottom}"/></linearGradient></defs>`;
  slabs.push(
    moving(moment => {
      let shadows = '';
      let outlines = '';
      let fills = '';
      for (const { unit, part, seed, lean } of units) {
        const pose = moves[entrance](moment, part, seed, size);
        if (pose.opacity <= 0) continue;
        const box = pose.together ? layout.ink : unit.box;
        const [cx, cy] = [(box.left + box.right) / 2, (box.top + box.bottom) / 2];
        const transform = around(cx, cy, pose.scale, pose.angle + lean, pose.dx, pose.dy);
        const faint =
          pose.opacity < 1 ? ` fill-opacity="${n(pose.opacity)}" stroke-opacity="${n(pose.opacity)}"` : '';
        const stroke = `stroke-width="${n(style.outline.width * 2 * size)}" stroke-linejoin="round"`;
        if (style.shadow.opacity > 0) {
          const by = style.shadow.distance * size;
          const lifted = around(cx, cy, pose.scale, pose.angle + lean, pose.dx + by * 0.35, pose.dy + by);
          shadows += `<path d="${unit.path}" transform="${lifted}" fill="${shadow}" stroke="${shadow}" ${stroke}${faint}/>`;
        }
        if (style.outline.width > 0)
          outlines += `<path d="${unit.path}" transform="${transform}" fill="${outline}" stroke="${outline}" ${stroke}${faint}/>`;
        fills += `<path d="${unit.path}" transform="${transform}" fill="url(#tf)"${faint}/>`;
      }
      const under = shadows ? `<g opacity="${n(style.shadow.opacity)}">${shadows}</g>` : '';
      return `${gradient}<g transform="${place}">${under}${outlines}${fills}</g>`;
    }),
  );
  return slabs;
}
