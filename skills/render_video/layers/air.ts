import { random, sine, cosine, easeOut } from '../motion.js';
import type { LayerOf } from '../scene.schema.js';
import { n } from '../svg.js';
import { moving, type DrawLayer } from './stage.js';

/** Pieces thrown up from the lower corners, falling while they turn; others drift down from above. */
export const confetti: DrawLayer<LayerOf<'confetti'>> = (layer, { width, height, unit, colour }, id) => {
  const next = random(id);
  const colours = layer.colors.map(colour);
  const shadow = layer.shadow === undefined ? undefined : colour(layer.shadow);
  const pieces = Array.from({ length: layer.count }, (_, i) => {
    const thrown = i % 3 !== 0;
    const left = i % 2 === 0;
    return {
      thrown,
      x: thrown ? (left ? -0.02 : 1.02) * width : next() * width,
      y: thrown ? height * (0.86 + 0.1 * next()) : -height * (0.05 + 1.5 * next()),
      vx: thrown ? (left ? 1 : -1) * width * (0.1 + 0.55 * next()) : unit * (next() - 0.5) * 12,
      vy: thrown ? -height * (0.75 + 0.75 * next()) : height * (0.28 + 0.2 * next()),
      start: thrown ? 0.1 + 0.5 * next() : 0,
      size: unit * (1 + 1.3 * next()),
      turn: next(),
      spin: (next() - 0.5) * 1.6,
      flip: 0.6 + 1.2 * next(),
      shape: Math.floor(next() * 3),
      colour: colours[Math.floor(next() * colours.length)] ?? '#ffffff',
    };
  });
  return [
    moving(({ clock }) => {
      let shadows = '';
      let out = '';
      for (const piece of pieces) {
        const time = clock - piece.start;
        if (time <= 0) continue;
        // Air stops the throw within a second; after that a piece floats down evenly.
        const drag = easeOut(time / 1.6);
        const x = piece.thrown ? piece.x + piece.vx * drag : piece.x + piece.vx * time;
        const fall = piece.thrown ? height * (0.07 * time * time + 0.08 * time) : 0;
        const y = piece.thrown ? piece.y + piece.vy * drag * 0.62 + fall : piece.y + piece.vy * time;
        if (y < -unit * 4 || y > height + unit * 4) continue;
        const sway = unit * 1.6 * sine(time * 0.5 + piece.turn);
        const face = cosine(time * piece.flip + piece.turn);
        const wide = piece.size * (0.25 + 0.75 * Math.abs(face));
        const degrees = (piece.turn + piece.spin * time) * 360;
        const at = `translate(${n(x + sway)} ${n(y)})rotate(${n(degrees)})`;
        const shape =
          piece.shape === 0
            ? `<circle r="${n(piece.size * 0.62)}"/>`
            : piece.shape === 1
              ? `<rect x="${n(-wide)}" y="${n(-piece.size * 0.5)}" width="${n(wide * 2)}" height="${n(piece.size)}"/>`
              : `<path d="M0 ${n(-piece.size)}L${n(wide)} ${n(piece.size * 0.7)}L${n(-wide)} ${n(piece.size * 0.7)}Z"/>`;
        if (shadow)
          shadows += `<g transform="translate(${n(unit * 0.35)} ${n(unit * 0.6)})${at}">${shape}</g>`;
        out += `<g transform="${at}" fill="${piece.colour}">${shape}</g>`;
      }
      return (shadow ? `<g fill="${shadow}" fill-opacity="0.18">${shadows}</g>` : '') + out;
    }),
  ];
};

/** Thin lines or leaves, falling slowly for as long as the film runs. */
export const falling: DrawLayer<LayerOf<'falling'>> = (layer, { width, height, unit, colour }, id) => {
  const next = random(id);
  const colours = layer.colors.map(colour);
  const pieces = Array.from({ length: layer.count }, () => ({
    x: next() * 1.2 - 0.1,
    y: next(),
    depth: 0.45 + 0.55 * next(),
    turn: next(),
    colour: colours[Math.floor(next() * colours.length)] ?? '#ffffff',
  }));
  return [
    moving(({ clock }) => {
      let out = '';
      for (const piece of pieces) {
        const travelled = piece.y + clock * layer.speed * piece.depth;
        const part = travelled - Math.floor(travelled);
        const y = part * height * 1.16 - height * 0.08;
        if (layer.shape === 'streak') {
          const long = unit * 5 * piece.depth;
          const x = piece.x * width - part * unit * 5;
          out += `<path d="M${n(x)} ${n(y)}l${n(-long * 0.18)} ${n(long)}" stroke="${piece.colour}" stroke-width="${n(unit * 0.32 * piece.depth)}" stroke-opacity="${n(0.65 * piece.depth)}" stroke-linecap="round"/>`;
        } else {
          const swing = sine(clock * 0.35 * piece.depth + piece.turn);
          const x = piece.x * width + swing * unit * 4;
          const s = unit * 2.1 * piece.depth;
          const leaf = `M0 ${n(-s)}C${n(s * 0.9)} ${n(-s * 0.5)} ${n(s * 0.7)} ${n(s * 0.6)} 0 ${n(s)}C${n(-s * 0.7)} ${n(s * 0.6)} ${n(-s * 0.9)} ${n(-s * 0.5)} 0 ${n(-s)}Z`;
          const degrees = piece.turn * 360 + swing * 50;
          out += `<path d="${leaf}" transform="translate(${n(x + unit * 0.4)} ${n(y + unit * 0.7)})rotate(${n(degrees)})" fill="#000000" fill-opacity="0.13"/><path d="${leaf}" transform="translate(${n(x)} ${n(y)})rotate(${n(degrees)})" fill="${piece.colour}"/>`;
        }
      }
      return out;
    }),
  ];
};
