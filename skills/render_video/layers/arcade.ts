import { random } from '../motion.js';
import type { LayerOf } from '../scene.schema.js';
import { n, polygonPath } from '../svg.js';
import { moving, still, type DrawLayer } from './stage.js';

/** A disc cut by slits that widen towards its foot, with a halo. */
export const retroSun: DrawLayer<LayerOf<'retro_sun'>> = (layer, { width, height, unit, colour }, id) => {
  const r = (unit * 100 * layer.size) / 2;
  const [cx, cy] = [width * layer.x, height * layer.y - unit * 100 * layer.rise];
  const halo = colour(layer.halo);
  // The slits are gaps between bands, so that what is behind the sun shows through them.
  const bands: string[] = [];
  let from = cy - r;
  const slits = 7;
  for (let i = 0; i < slits; i++) {
    const at = cy - r * 0.1 + (r * 1.1 * i) / slits;
    bands.push(`<rect x="${n(cx - r)}" y="${n(from)}" width="${n(2 * r)}" height="${n(at - from)}"/>`);
    from = at + r * (0.022 + 0.014 * i);
  }
  return [
    still(
      `<defs><radialGradient id="${id}h"><stop offset="0.3" stop-color="${halo}" stop-opacity="0.55"/><stop offset="0.6" stop-color="${halo}" stop-opacity="0.16"/><stop offset="1" stop-color="${halo}" stop-opacity="0"/></radialGradient>` +
        `<linearGradient id="${id}f" x1="0" y1="0" x2="0" y2="1"><stop offset="0.1" stop-color="${colour(layer.top)}"/><stop offset="0.9" stop-color="${colour(layer.bottom)}"/></linearGradient>` +
        `<clipPath id="${id}c">${bands.join('')}</clipPath></defs>` +
        `<circle cx="${n(cx)}" cy="${n(cy)}" r="${n(r * 2)}" fill="url(#${id}h)"/><circle cx="${n(cx)}" cy="${n(cy)}" r="${n(r)}" fill="url(#${id}f)" clip-path="url(#${id}c)"/>`,
    ),
  ];
};

/** Angular mountains to both sides of the middle, with lit edges. */
export const ridges: DrawLayer<LayerOf<'ridges'>> = (layer, { width, height, unit, colour }, id) => {
  const next = random(id);
  const y = height * layer.horizon;
  const fill = colour(layer.fill);
  const edge = colour(layer.edge);
  const side = (sign: 1 | -1) => {
    const origin = sign === 1 ? 0 : width;
    const peaks: [number, number][] = [[origin, y]];
    const reach = width * 0.42;
    const count = 7;
    for (let i = 0; i <= count; i++) {
      const part = i / count;
      const high = unit * (26 * (1 - part) + 3) * (i % 2 ? 0.45 + 0.2 * next() : 0.8 + 0.35 * next());
      peaks.push([origin + sign * reach * part, i === count ? y : y - high]);
    }
    const outline = `M${peaks
      .slice(1)
      .map(([px, py]) => `${n(px)} ${n(py)}`)
      .join('L')}`;
    // Facets from each peak to the foot give the mountains a lit and a dark side.
    const facets = peaks
      .slice(1, -1)
      .filter((_, i) => i % 2 === 0)
      .map(([px, py], i) => `M${n(px)} ${n(py)}L${n(px + sign * unit * (4 + 2 * i))} ${n(y)}`)
      .join('');
    return (
      `<path d="${polygonPath(peaks)}" fill="${fill}"/><path d="${facets}" stroke="${edge}" stroke-opacity="0.35" stroke-width="${n(unit * 0.2)}" fill="none"/>` +
      `<path d="${outline}" stroke="${edge}" stroke-opacity="0.25" stroke-width="${n(unit * 1.2)}" fill="none" stroke-linejoin="round"/><path d="${outline}" stroke="${edge}" stroke-width="${n(unit * 0.3)}" fill="none" stroke-linejoin="round"/>`
    );
  };
  return [still(side(1) + side(-1))];
};

/** A floor of light lines that runs towards the viewer. */
export const grid: DrawLayer<LayerOf<'grid'>> = (layer, { width, height, unit, colour }, id) => {
  const y = height * layer.horizon;
  const high = height - y;
  const line = colour(layer.line);
  const floor = colour(layer.floor);
  const columns = 14;
  const spread = Math.max(width * 0.17, high * 0.4);
  const rays: string[] = [];
  for (let i = -columns; i <= columns; i++) {
    rays.push(`M${n(width / 2 + i * spread * 0.16)} ${n(y)}L${n(width / 2 + i * spread)} ${n(height)}`);
  }
  const fixed =
    `<defs><linearGradient id="${id}f" x1="0" y1="0" x2="0" y2="1"><stop offset="0" stop-color="${line}" stop-opacity="0.75"/><stop offset="0.22" stop-color="${line}" stop-opacity="0.16"/><stop offset="1" stop-color="${line}" stop-opacity="0"/></linearGradient></defs>` +
    `<rect y="${n(y)}" width="${width}" height="${n(high)}" fill="${floor}"/><rect y="${n(y)}" width="${width}" height="${n(high)}" fill="url(#${id}f)"/>` +
    `<path d="${rays.join('')}" stroke="${line}" stroke-opacity="0.25" stroke-width="${n(unit * 0.8)}"/><path d="${rays.join('')}" stroke="${line}" stroke-opacity="0.8" stroke-width="${n(unit * 0.22)}"/>` +
    `<rect y="${n(y - unit * 0.25)}" width="${width}" height="${n(unit * 0.5)}" fill="${line}"/>`;
  const rows = 12;
  return [
    still(fixed),
    moving(({ clock }) => {
      const phase = clock * layer.speed - Math.floor(clock * layer.speed);
      let out = '';
      for (let i = 0; i < rows; i++) {
        const depth = i + 2 - phase;
        const at = y + high / depth;
        const strong = Math.min(1, 2.2 / depth);
        out += `<rect y="${n(at)}" width="${width}" height="${n((unit * 0.75) / depth + unit * 0.06)}" fill-opacity="${n(0.35 + 0.6 * strong)}"/>`;
        out += `<rect y="${n(at - (unit * 0.9) / depth)}" width="${width}" height="${n((unit * 2.5) / depth)}" fill-opacity="${n(0.16 * strong)}"/>`;
      }
      return `<g fill="${line}">${out}</g>`;
    }),
  ];
};

/** Bulbs around the frame, lit in turn. */
export const marquee: DrawLayer<LayerOf<'marquee'>> = (layer, { width, height, unit, colour }) => {
  const inset = unit * 2.6;
  const radius = unit * 0.55;
  const wide = Math.max(4, Math.round((width - 2 * inset) / (unit * 5.2)));
  const high = Math.max(4, Math.round((height - 2 * inset) / (unit * 5.2)));
  const at = (i: number, count: number, length: number) => inset + ((length - 2 * inset) * i) / count;
  const bulbs: [number, number][] = [];
  for (let i = 0; i < wide; i++) bulbs.push([at(i, wide, width), inset]);
  for (let i = 0; i < high; i++) bulbs.push([width - inset, at(i, high, height)]);
  for (let i = wide; i > 0; i--) bulbs.push([at(i, wide, width), height - inset]);
  for (let i = high; i > 0; i--) bulbs.push([inset, at(i, high, height)]);
  const dim = colour(layer.color);
  const lit = colour(layer.lit);
  const dots = (chosen: readonly [number, number][], r: number) =>
    chosen.map(([x, y]) => `<circle cx="${n(x)}" cy="${n(y)}" r="${n(r)}"/>`).join('');
  const unlit = `<g fill="${dim}" fill-opacity="0.55">${dots(bulbs, radius)}</g>`;
  return [
    moving(({ clock }) => {
      const step = Math.floor(clock * 6);
      const shining = bulbs.filter((_, i) => (i + step) % 4 === 0);
      return `${unlit}<g fill="${lit}"><g fill-opacity="0.22">${dots(shining, radius * 2.4)}</g>${dots(shining, radius * 1.1)}</g>`;
    }),
  ];
};
