import { cosine, random, sine } from '../motion.js';
import type { LayerOf } from '../scene.schema.js';
import { n } from '../svg.js';
import { moving, still, type DrawLayer, type Stage } from './stage.js';

/** A path with the soft shadow that a sheet of paper throws on what is behind it; slow, for what stands still. */
function sheet(path: string, fill: string, shadow: string, unit: number): string {
  const under = [2.2, 1.3, 0.5]
    .map(
      by =>
        `<path d="${path}" transform="translate(0 ${n(unit * by * 0.55)})" fill="${shadow}" stroke="${shadow}" stroke-width="${n(unit * by * 0.7)}" stroke-linejoin="round" fill-opacity="0.09" stroke-opacity="0.09"/>`,
    )
    .join('');
  return `${under}<path d="${path}" fill="${fill}"/>`;
}

/** The same with a hard shadow, for what moves. */
function card(path: string, fill: string, shadow: string, unit: number): string {
  return `<path d="${path}" transform="translate(0 ${n(unit * 0.8)})" fill="${shadow}" fill-opacity="0.16"/><path d="${path}" fill="${fill}"/>`;
}

/** A disc on a larger one with a scalloped edge, which turns slowly. */
export const paperSun: DrawLayer<LayerOf<'paper_sun'>> = (layer, { width, height, unit, colour }) => {
  const r = (unit * 100 * layer.size) / 2;
  const [cx, cy] = [width * layer.x, height * layer.y];
  const [core, rim] = [colour(layer.core), colour(layer.rim)];
  const teeth = 18;
  return [
    moving(({ clock }) => {
      let path = '';
      for (let i = 0; i < teeth; i++) {
        const turn = i / teeth + clock * 0.012;
        const [x, y] = [cx + r * 0.94 * cosine(turn), cy + r * 0.94 * sine(turn)];
        const to = (i + 1) / teeth + clock * 0.012;
        const [tx, ty] = [cx + r * 0.94 * cosine(to), cy + r * 0.94 * sine(to)];
        const bow = r * 0.165;
        path += i === 0 ? `M${n(x)} ${n(y)}` : '';
        path += `A${n(bow)} ${n(bow)} 0 0 1 ${n(tx)} ${n(ty)}`;
      }
      const disc = (radius: number) =>
        `M${n(cx - radius)} ${n(cy)}a${n(radius)} ${n(radius)} 0 1 1 ${n(radius * 2)} 0a${n(radius)} ${n(radius)} 0 1 1 ${n(-radius * 2)} 0Z`;
      return card(`${path}Z`, rim, '#000000', unit * 1.2) + card(disc(r * 0.76), core, '#000000', unit);
    }),
  ];
};

function cloudPath(x: number, y: number, s: number): string {
  return `M${n(x - 2.1 * s)} ${n(y)}a${n(0.75 * s)} ${n(0.75 * s)} 0 0 1 ${n(0.35 * s)} ${n(-1.35 * s)}a${n(1.05 * s)} ${n(1.05 * s)} 0 0 1 ${n(1.75 * s)} ${n(-0.55 * s)}a${n(0.9 * s)} ${n(0.9 * s)} 0 0 1 ${n(1.45 * s)} ${n(0.55 * s)}a${n(0.7 * s)} ${n(0.7 * s)} 0 0 1 ${n(0.45 * s)} ${n(1.35 * s)}Z`;
}

/** Cut-out clouds that drift. */
export const clouds: DrawLayer<LayerOf<'clouds'>> = (layer, { width, height, unit, colour }, id) => {
  const next = random(id);
  const all = Array.from({ length: layer.count }, (_, i) => ({
    x: ((i + 0.2 + 0.5 * next()) / layer.count) * 1.3 - 0.15,
    y: 0.16 + 0.3 * next(),
    size: unit * (2.6 + 2.4 * next()),
    speed: 0.6 + 0.8 * next(),
  }));
  const [fill, shadow] = [colour(layer.color), colour(layer.shadow)];
  return [
    moving(({ clock }) =>
      card(
        all
          .map(cloud => {
            const across = cloud.x + 0.15 + clock * layer.speed * cloud.speed;
            const x = (across - Math.floor(across / 1.3) * 1.3 - 0.15) * width;
            return cloudPath(x, cloud.y * height, cloud.size);
          })
          .join(''),
        fill,
        shadow,
        unit,
      ),
    ),
  ];
};

/** Waves of paper, one before the other. */
export const hills: DrawLayer<LayerOf<'hills'>> = (layer, { width, height, unit, colour }, id) => {
  const next = random(id);
  const shadow = colour(layer.shadow);
  const rows = layer.colors.map((expression, row) => {
    const base = height * (layer.top + ((1 - layer.top) * row) / layer.colors.length);
    const phase = next();
    const waves = 1.1 + 0.9 * next();
    const high = unit * (5 - row * 0.7);
    let d = `M${n(-unit * 4)} ${n(height + unit * 8)}`;
    const steps = 48;
    for (let i = 0; i <= steps; i++) {
      const x = -unit * 4 + ((width + unit * 8) * i) / steps;
      const part = i / steps;
      const y = base + high * sine(part * waves + phase) + high * 0.4 * sine(part * waves * 2.3 + phase * 3);
      d += `L${n(x)} ${n(y)}`;
    }
    return sheet(
      `${d}L${n(width + unit * 4)} ${n(height + unit * 8)}Z`,
      colour(expression),
      shadow,
      unit * 1.4,
    );
  });
  return [still(rows.join(''))];
};

/** A wheel with cabins that hang upright while it turns. */
export const bigWheel: DrawLayer<LayerOf<'big_wheel'>> = (layer, { width, height, unit, colour }) => {
  const r = (unit * 100 * layer.size) / 2;
  const [cx, cy] = [width * layer.x, height * layer.y - r * 0.75];
  const tone = colour(layer.color);
  const shadow = colour(layer.shadow);
  const cabins = layer.cabins.map(colour);
  const line = (w: number) => `stroke="${tone}" stroke-width="${n(w)}" fill="none" stroke-linecap="round"`;
  const foot = cy + r * 1.5;
  const legs = `M${n(cx)} ${n(cy)}L${n(cx - r * 0.55)} ${n(foot)}M${n(cx)} ${n(cy)}L${n(cx + r * 0.55)} ${n(foot)}`;
  const count = 10;
  return [
    moving(({ clock }) => {
      let spokes = '';
      let hanging = '';
      for (let i = 0; i < count; i++) {
        const turn = i / count + clock * layer.speed;
        const [x, y] = [cx + r * cosine(turn), cy + r * sine(turn)];
        spokes += `M${n(cx)} ${n(cy)}L${n(x)} ${n(y)}`;
        const s = r * 0.15;
        const cabin = `M${n(x - s)} ${n(y)}A${n(s)} ${n(s)} 0 0 1 ${n(x + s)} ${n(y)}L${n(x + s * 0.8)} ${n(y + s * 1.2)}L${n(x - s * 0.8)} ${n(y + s * 1.2)}Z`;
        hanging += card(cabin, cabins[i % cabins.length] ?? tone, shadow, unit * 0.6);
      }
      const ring = `<circle cx="${n(cx)}" cy="${n(cy)}" r="${n(r)}" ${line(unit * 0.9)}/><circle cx="${n(cx)}" cy="${n(cy)}" r="${n(r * 0.86)}" ${line(unit * 0.45)}/>`;
      const wheel = `<path d="${legs}" ${line(unit * 1.4)}/>${ring}<path d="${spokes}" ${line(unit * 0.4)}/>`;
      const under = `<path d="${legs}${spokes}" transform="translate(0 ${n(unit)})" stroke="${shadow}" stroke-opacity="0.12" stroke-width="${n(unit)}" fill="none"/>`;
      return `${under}${wheel}${hanging}<circle cx="${n(cx)}" cy="${n(cy)}" r="${n(r * 0.11)}" fill="${cabins[0] ?? tone}"/>`;
    }),
  ];
};

/** A striped tent with a flag in the wind. */
export const tent: DrawLayer<LayerOf<'tent'>> = (layer, { width, height, unit, colour }, id) => {
  const s = unit * 100 * layer.size;
  const [x, foot] = [width * layer.x, height * layer.y];
  const [light, bright] = [colour(layer.stripes[0]), colour(layer.stripes[1])];
  const shadow = colour(layer.shadow);
  const [eaves, top] = [foot - s * 0.42, foot - s];
  const stripes = 9;
  let body = '';
  let roof = '';
  let edge = '';
  for (let i = 0; i < stripes; i++) {
    const [a, b] = [x - s * 0.5 + (s * i) / stripes, x - s * 0.5 + (s * (i + 1)) / stripes];
    const [ra, rb] = [x - s * 0.6 + (s * 1.2 * i) / stripes, x - s * 0.6 + (s * 1.2 * (i + 1)) / stripes];
    const fill = i % 2 ? light : bright;
    body += `<path d="M${n(a)} ${n(eaves)}L${n(b)} ${n(eaves)}L${n(b)} ${n(foot)}L${n(a)} ${n(foot)}Z" fill="${fill}"/>`;
    roof += `<path d="M${n(x)} ${n(top)}Q${n((x + ra) / 2)} ${n(eaves - s * 0.2)} ${n(ra)} ${n(eaves)}L${n(rb)} ${n(eaves)}Q${n((x + rb) / 2)} ${n(eaves - s * 0.2)} ${n(x)} ${n(top)}Z" fill="${fill}"/>`;
    const half = (rb - ra) / 2;
    edge += `<path d="M${n(ra)} ${n(eaves)}a${n(half)} ${n(half)} 0 0 0 ${n(half * 2)} 0Z" fill="${fill}"/>`;
  }
  const outline = `M${n(x)} ${n(top)}Q${n(x - s * 0.3)} ${n(eaves - s * 0.2)} ${n(x - s * 0.6)} ${n(eaves)}L${n(x - s * 0.5)} ${n(eaves)}L${n(x - s * 0.5)} ${n(foot)}L${n(x + s * 0.5)} ${n(foot)}L${n(x + s * 0.5)} ${n(eaves)}L${n(x + s * 0.6)} ${n(eaves)}Q${n(x + s * 0.3)} ${n(eaves - s * 0.2)} ${n(x)} ${n(top)}Z`;
  const door = `M${n(x)} ${n(eaves + s * 0.02)}L${n(x + s * 0.13)} ${n(foot)}L${n(x - s * 0.13)} ${n(foot)}Z`;
  const fixed =
    sheet(outline, light, shadow, unit) +
    `${body}<path d="${door}" fill="${shadow}" fill-opacity="0.75"/>` +
    `<defs><linearGradient id="${id}" x1="0" y1="0" x2="0" y2="1"><stop offset="0" stop-color="${shadow}" stop-opacity="0.3"/><stop offset="1" stop-color="${shadow}" stop-opacity="0"/></linearGradient></defs>` +
    `<rect x="${n(x - s * 0.5)}" y="${n(eaves)}" width="${n(s)}" height="${n(s * 0.16)}" fill="url(#${id})"/>${roof}${edge}`;
  const [px, py] = [x, top - s * 0.2];
  const cloth = `M${n(px)} ${n(py)}Q${n(px + s * 0.07)} ${n(py - s * 0.03)} ${n(px + s * 0.13)} ${n(py + s * 0.03)}T${n(px + s * 0.24)} ${n(py + s * 0.05)}L${n(px)} ${n(py + s * 0.12)}Z`;
  const pole = `<path d="M${n(px)} ${n(top + s * 0.02)}L${n(px)} ${n(py)}" stroke="${shadow}" stroke-width="${n(s * 0.018)}" stroke-linecap="round"/>`;
  return [still(fixed + pole + sheet(cloth, colour(layer.flag), shadow, unit * 0.4))];
};

/** Strings of pennants across the top, which swing a little. */
export const bunting: DrawLayer<LayerOf<'bunting'>> = (layer, stage) => {
  const colours = layer.colors.map(stage.colour);
  const [string, shadow] = [stage.colour(layer.string), stage.colour(layer.shadow)];
  return [
    moving(
      ({ clock }) =>
        line(stage, colours, string, shadow, clock, 0.02, 0.085, 0) +
        line(stage, colours, string, shadow, clock, -0.005, 0.05, 2),
    ),
  ];
};

function line(
  { width, height, unit }: Stage,
  colours: readonly string[],
  string: string,
  shadow: string,
  clock: number,
  top: number,
  sag: number,
  from: number,
): string {
  const spans = Math.max(1, Math.round(width / (unit * 75)));
  const each = Math.max(5, Math.round(width / spans / (unit * 8)));
  let cord = '';
  const flags = colours.map(() => '');
  for (let span = 0; span < spans; span++) {
    const x0 = (width * span) / spans;
    const long = width / spans;
    const at = (part: number): [number, number] => [
      x0 + long * part,
      height * top +
        Math.min(height * sag, long * 0.17) * 4 * part * (1 - part) +
        unit * 0.35 * sine(clock * 0.3 + part + span * 0.37),
    ];
    for (let i = 0; i < each; i++) {
      const [ax, ay] = at(i / each);
      const [bx, by] = at((i + 1) / each);
      cord += i === 0 && span === 0 ? `M${n(ax)} ${n(ay)}L${n(bx)} ${n(by)}` : `L${n(bx)} ${n(by)}`;
      const inset = 0.12;
      const [lx, ly] = [ax + (bx - ax) * inset, ay + (by - ay) * inset];
      const [rx, ry] = [bx - (bx - ax) * inset, by - (by - ay) * inset];
      const swing = unit * 0.9 * sine(clock * 0.45 + i * 0.21 + span * 0.5 + from);
      const d = `M${n(lx)} ${n(ly)}L${n(rx)} ${n(ry)}L${n((ax + bx) / 2 + swing)} ${n((ay + by) / 2 + unit * 6.4)}Z`;
      const which = (i + span * each + from) % colours.length;
      flags[which] = `${flags[which] ?? ''}${d}`;
    }
  }
  const cloth = flags.map((d, i) => card(d, colours[i] ?? string, shadow, unit * 0.7)).join('');
  return `${cloth}<path d="${cord}" stroke="${string}" stroke-width="${n(unit * 0.35)}" fill="none"/>`;
}
