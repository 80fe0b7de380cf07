import { cosine, random, sine, easeOut } from '../motion.js';
import type { LayerOf } from '../scene.schema.js';
import { n } from '../svg.js';
import { moving, type DrawLayer } from './stage.js';

/** Beams that turn about a point. */
export const rays: DrawLayer<LayerOf<'rays'>> = (layer, { width, height, colour }) => {
  const [cx, cy] = [width * layer.x, height * layer.y];
  const reach = width + height;
  const fill = colour(layer.color);
  return [
    moving(({ clock, script }) => {
      const beams: string[] = [];
      const grow = easeOut(script / 0.7);
      for (let i = 0; i < layer.count; i++) {
        const turn = i / layer.count + clock * layer.speed;
        const half = (0.25 / layer.count) * grow;
        beams.push(
          `M${n(cx)} ${n(cy)}L${n(cx + reach * cosine(turn - half))} ${n(cy + reach * sine(turn - half))}L${n(cx + reach * cosine(turn + half))} ${n(cy + reach * sine(turn + half))}Z`,
        );
      }
      return `<path d="${beams.join('')}" fill="${fill}" fill-opacity="${n(layer.opacity)}"/>`;
    }),
  ];
};

/** Sparks that fly apart, slow down and fade; a new one every half second of the first four. */
export const fireworks: DrawLayer<LayerOf<'fireworks'>> = (layer, { width, height, unit, colour }, id) => {
  const next = random(id);
  const colours = layer.colors.map(colour);
  const shells = Array.from({ length: 9 }, (_, i) => ({
    start: 0.15 + i * 0.42,
    x: width * (i % 2 ? 0.62 + 0.32 * next() : 0.06 + 0.32 * next()),
    y: height * (0.1 + 0.42 * next()),
    size: unit * (13 + 9 * next()),
    colour: colours[i % colours.length] ?? '#ffffff',
    offset: next(),
  }));
  return [
    moving(({ script }) => {
      let out = '';
      for (const shell of shells) {
        const age = (script - shell.start) / 1.1;
        if (age <= 0 || age >= 1) continue;
        const far = easeOut(age);
        const fade = 1 - age * age;
        let lines = '';
        for (let i = 0; i < 16; i++) {
          const turn = i / 16 + shell.offset;
          const long = shell.size * (i % 2 ? 1 : 0.72);
          const from = long * far * (0.35 + 0.6 * age);
          const to = long * far;
          const drop = unit * 3 * age * age;
          lines += `M${n(shell.x + from * cosine(turn))} ${n(shell.y + from * sine(turn) + drop)}L${n(shell.x + to * cosine(turn))} ${n(shell.y + to * sine(turn) + drop)}`;
        }
        out += `<path d="${lines}" stroke="${shell.colour}" stroke-width="${n(unit * 1.7)}" stroke-opacity="${n(0.22 * fade)}" stroke-linecap="round"/>`;
        out += `<path d="${lines}" stroke="${shell.colour}" stroke-width="${n(unit * 0.55)}" stroke-opacity="${n(fade)}" stroke-linecap="round"/>`;
      }
      return out;
    }),
  ];
};
