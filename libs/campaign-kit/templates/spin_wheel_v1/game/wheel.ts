import { inkOn } from '../../../browser/colour.js';
import { svg } from '../../../browser/dom.js';
import { fitLabel, lineOffsets } from './labels.js';
import type { Segment } from './odds.js';

/** Radii in the wheel's own units: the drawing is 220 wide, its middle is 0,0. */
const RIM = 100;
const FACE = 88;
const HUB = 19;
const BULBS = 24;
const UPRIGHT_AT_MOST = 8;

const point = (radius: number, degrees: number): [number, number] => {
  const a = ((degrees - 90) * Math.PI) / 180;
  return [radius * Math.cos(a), radius * Math.sin(a)];
};
const xy = (radius: number, degrees: number) =>
  point(radius, degrees)
    .map(v => v.toFixed(3))
    .join(' ');

function wedge(start: number, end: number): string {
  return `M0 0 L${xy(FACE, start)} A${FACE} ${FACE} 0 0 1 ${xy(FACE, end)} Z`;
}

/** A five-pointed star about a point. */
export function star(x: number, y: number, radius: number): string {
  const corner = (i: number) => {
    const [dx, dy] = point(i % 2 === 0 ? radius : radius * 0.45, i * 36);
    return `${(x + dx).toFixed(3)} ${(y + dy).toFixed(3)}`;
  };
  return `M${Array.from({ length: 10 }, (_, i) => corner(i)).join(' L')} Z`;
}

/** Colours go round so that neighbours differ, the last and the first included. */
export function fieldColour(index: number, count: number): 'primary' | 'secondary' | 'accent' {
  if (count % 2 === 0) return index % 2 === 1 ? 'secondary' : index % 4 === 0 ? 'primary' : 'accent';
  if (index === count - 1) return 'accent';
  return index % 2 === 0 ? 'primary' : 'secondary';
}

/** The box for a label, and how it is turned: upright under the pointer, along the radius where fields are narrow. */
function labelBox(count: number) {
  const half = Math.PI / count;
  if (count <= UPRIGHT_AT_MOST)
    return {
      radius: 59,
      turn: 0,
      width: 2 * 51 * Math.tan(Math.min(half, 0.6)) * 0.86,
      height: 25,
      largest: 13,
    };
  return { radius: 53, turn: 90, width: 48, height: 2 * 42 * Math.tan(half) * 0.86, largest: 10 };
}

function field(
  segment: Segment,
  count: number,
  colours: Readonly<Record<string, string>>,
  font: string,
  locale: string,
) {
  const step = 360 / count;
  const middle = (segment.index + 0.5) * step;
  const name = fieldColour(segment.index, count);
  const group = svg('g', {
    class: 'field',
    'data-index': segment.index,
    'data-win': String(segment.win),
    'data-colour': name,
  });
  group.style.setProperty('--c', `var(--${name})`);
  group.style.setProperty('--on-c', inkOn(colours[name] ?? '#000'));
  group.append(svg('path', { class: 'face', d: wedge(segment.index * step, (segment.index + 1) * step) }));
  const inner = svg('g', { transform: `rotate(${middle.toFixed(4)})` });
  const box = labelBox(count);
  const label = fitLabel(segment.label, font, locale, box);
  const text = svg('g', { class: 'label', transform: `translate(0 ${-box.radius}) rotate(${box.turn})` });
  for (const [i, y] of lineOffsets(label).entries())
    text.append(
      svg(
        'text',
        { y: y.toFixed(3), 'font-size': label.size.toFixed(3), dy: '0.35em', direction: 'inherit' },
        label.lines[i] ?? '',
      ),
    );
  inner.append(text);
  if (segment.win)
    inner.append(svg('path', { class: 'mark', d: star(0, -79, count > UPRIGHT_AT_MOST ? 3.4 : 4.6) }));
  group.append(inner);
  return group;
}

export interface Wheel {
  readonly element: SVGSVGElement;
  /** Turns the face to an angle in degrees. */
  turn(degrees: number): void;
  /** Swings the pointer, in degrees against its rest. */
  point(degrees: number): void;
  /** Marks the field that was hit. */
  light(index: number): void;
  /** Takes the mark away. */
  dim(): void;
}

/** Draws the wheel. Labels are measured, so the fonts must be there. */
export function drawWheel(
  segments: readonly Segment[],
  options: { colours: Readonly<Record<string, string>>; font: string; locale: string; title: string },
): Wheel {
  const { colours, font, locale, title } = options;
  const count = segments.length;
  const face = svg('g', { class: 'turning' });
  for (const segment of segments) face.append(field(segment, count, colours, font, locale));
  for (let i = 0; i < count; i++) {
    const [cx, cy] = point(FACE, (i * 360) / count);
    face.append(svg('circle', { class: 'peg', cx: cx.toFixed(3), cy: cy.toFixed(3), r: 2.1 }));
  }
  const bulbs = svg('g', { class: 'bulbs' });
  for (let i = 0; i < BULBS; i++) {
    const [cx, cy] = point((RIM + FACE) / 2 + 0.8, (i * 360) / BULBS + 360 / BULBS / 2);
    bulbs.append(
      svg('circle', { class: `bulb bulb-${i % 3}`, cx: cx.toFixed(3), cy: cy.toFixed(3), r: 2.2 }),
    );
  }
  const shade = svg(
    'g',
    { class: 'shade' },
    svg(
      'radialGradient',
      { id: 'shade' },
      svg('stop', { offset: '0.2', 'stop-color': '#fff', 'stop-opacity': 0.16 }),
      svg('stop', { offset: '0.62', 'stop-color': '#fff', 'stop-opacity': 0 }),
      svg('stop', { offset: '0.8', 'stop-color': '#000', 'stop-opacity': 0 }),
      svg('stop', { offset: '1', 'stop-color': '#000', 'stop-opacity': 0.24 }),
    ),
    svg('circle', { r: FACE, fill: 'url(#shade)' }),
  );
  const hand = svg(
    'g',
    { class: 'pointer' },
    svg('path', {
      class: 'pointer-body',
      d: 'M0 -86 C-4 -93 -10 -98 -10 -104 A10 10 0 0 1 10 -104 C10 -98 4 -93 0 -86 Z',
    }),
    svg('circle', { class: 'pointer-pin', cx: 0, cy: -104, r: 3.6 }),
  );
  const element = svg(
    'svg',
    { class: 'wheel', viewBox: '-112 -118 224 232', role: 'img', 'aria-label': title, overflow: 'visible' },
    svg('ellipse', { class: 'ground', cx: 0, cy: 106, rx: 78, ry: 7 }),
    svg('circle', { class: 'halo', r: RIM + 4 }),
    svg('circle', { class: 'rim', r: RIM }),
    svg('circle', { class: 'well', r: FACE + 1.5 }),
    face,
    shade,
    svg('circle', { class: 'gloss', r: FACE }),
    bulbs,
    svg(
      'g',
      { class: 'hub' },
      svg('circle', { class: 'hub-plate', r: HUB }),
      svg('circle', { class: 'hub-ring', r: HUB - 4 }),
      svg('path', { class: 'hub-star', d: star(0, 0, 10) }),
    ),
    hand,
  );
  return {
    element,
    turn: degrees => face.setAttribute('transform', `rotate(${degrees.toFixed(3)})`),
    point: degrees => hand.setAttribute('transform', `rotate(${degrees.toFixed(2)} 0 -104)`),
    light: index => face.querySelector(`[data-index="${index}"]`)?.classList.add('lit'),
    dim: () => face.querySelector('.lit')?.classList.remove('lit'),
  };
}
