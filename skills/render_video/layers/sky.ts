import { random, sine } from '../motion.js';
import type { LayerOf } from '../scene.schema.js';
import { n } from '../svg.js';
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

/** Points of light; one in eight twinkles. */
export const stars: DrawLayer<LayerOf<'stars'>> = (layer, { width, height, unit, colour }, id) => {
  const next = random(id);
  const fill = colour(layer.color);
  const all = Array.from({ length: layer.count }, () => ({
    x: next() * width,
    y: next() * next() * height * layer.below,
    r: unit * (0.1 + 0.22 * next()),
    opacity: 0.25 + 0.65 * next(),
    phase: next(),
  }));
  const twinkling = all.filter((_, i) => i % 8 === 0);
  const fixed = all.filter((_, i) => i % 8 !== 0);
  return [
    still(
      `<g fill="${fill}">${fixed.map(star => `<circle cx="${n(star.x)}" cy="${n(star.y)}" r="${n(star.r)}" fill-opacity="${n(star.opacity)}"/>`).join('')}</g>`,
    ),
    moving(({ clock }) => {
      const marks = twinkling.map(star => {
        const light = 0.5 + 0.5 * sine(clock * 0.5 + star.phase);
        const long = star.r * (2.2 + 3 * light);
        const thin = star.r * 0.5;
        const d = `M${n(star.x)} ${n(star.y - long)}L${n(star.x + thin)} ${n(star.y - thin)}L${n(star.x + long)} ${n(star.y)}L${n(star.x + thin)} ${n(star.y + thin)}L${n(star.x)} ${n(star.y + long)}L${n(star.x - thin)} ${n(star.y + thin)}L${n(star.x - long)} ${n(star.y)}L${n(star.x - thin)} ${n(star.y - thin)}Z`;
        return `<path d="${d}" fill-opacity="${n(0.25 + 0.75 * light)}"/>`;
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
