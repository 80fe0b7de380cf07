import { random, sine } from '../motion.js';
import type { LayerOf } from '../scene.schema.js';
import { n, polygonPath } from '../svg.js';
import { moving, still, type DrawLayer } from './stage.js';

/** Colours from top to bottom. */
export const sky: DrawLayer<LayerOf<'sky'>> = (layer, { width, height, colour }, id) => {
  const stops = layer.stops
    .map(stop => `<stop offset="${n(stop.at)}" stop-color="${colour(stop.color)}"/>`)
    .join('');
  return [
    still(
      `<defs><linearGradient id="${id}" x1="0" y1="0" x2="0" y2="1">${stops}</linearGradient></defs><rect width="${width}" height="${height}" fill="url(#${id})"/>`,
    ),
  ];
};

/** Points of light. */
export const stars: DrawLayer<LayerOf<'stars'>> = (layer, { width, height, unit, colour }, id) => {
  const next = random(id);
  const dots = Array.from({ length: layer.count }, () => {
    const x = next() * width;
    // Thicker towards the top.
    const y = next() * next() * height * layer.below;
    return `<circle cx="${n(x)}" cy="${n(y)}" r="${n(unit * (0.1 + 0.22 * next()))}" fill-opacity="${n(0.25 + 0.65 * next())}"/>`;
  });
  return [still(`<g fill="${colour(layer.color)}">${dots.join('')}</g>`)];
};

/** Stars of four points that grow and shrink. */
export const twinkle: DrawLayer<LayerOf<'twinkle'>> = (layer, { width, height, unit, colour }, id) => {
  const next = random(id);
  const fill = colour(layer.color);
  const all = Array.from({ length: layer.count }, () => ({
    x: (0.03 + 0.94 * next()) * width,
    y: unit * 4 + next() * Math.max(0, height * layer.below - unit * 4),
    r: unit * (0.16 + 0.2 * next()),
    phase: next(),
  }));
  return [
    moving(({ clock }) => {
      const marks = all.map(({ x, y, r, phase }) => {
        const light = 0.5 + 0.5 * sine(clock * 0.5 + phase);
        const long = r * (2.2 + 3 * light);
        const thin = r * 0.5;
        const points: [number, number][] = [
          [x, y - long],
          [x + thin, y - thin],
          [x + long, y],
          [x + thin, y + thin],
          [x, y + long],
          [x - thin, y + thin],
          [x - long, y],
          [x - thin, y - thin],
        ];
        return `<path d="${polygonPath(points)}" fill-opacity="${n(0.25 + 0.75 * light)}"/>`;
      });
      return `<g fill="${fill}">${marks.join('')}</g>`;
    }),
  ];
};

/** Darker towards the corners. */
export const vignette: DrawLayer<LayerOf<'vignette'>> = (layer, { width, height, colour }, id) => {
  const tint = colour(layer.color);
  return [
    still(
      `<defs><radialGradient id="${id}" cx="0.5" cy="0.5" r="0.75"><stop offset="0.55" stop-color="${tint}" stop-opacity="0"/><stop offset="1" stop-color="${tint}" stop-opacity="${n(layer.opacity)}"/></radialGradient></defs><rect width="${width}" height="${height}" fill="url(#${id})"/>`,
    ),
  ];
};
