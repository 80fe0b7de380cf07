import { cosine, sine } from './motion.js';
import { polygonPath } from './svg.js';

/** In pixels, y downwards. */
export interface Rect {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface ButtonShape {
  readonly bounds: Rect;
  readonly radius: number;
  /** Corner points in pixels, clockwise from the top left; what is drawn is this polygon and nothing else. */
  readonly polygon: [number, number][];
  /** The same polygon as SVG path data. */
  readonly path: string;
}

/** Straight pieces per rounded corner: at a radius of 100 pixels the polygon is within 0.1 pixel of the circle. */
const cornerSteps = 10;

const round = (value: number) => Math.round(value * 100) / 100;

/** A rectangle with rounded corners as a polygon. */
export function roundedRect(bounds: Rect, radius: number): ButtonShape {
  const r = Math.min(radius, bounds.width / 2, bounds.height / 2);
  const { x, y, width, height } = bounds;
  const centres: [number, number, number][] = [
    [x + r, y + r, 0.5],
    [x + width - r, y + r, 0.75],
    [x + width - r, y + height - r, 0],
    [x + r, y + height - r, 0.25],
  ];
  const polygon = centres.flatMap(([cx, cy, from]) =>
    Array.from({ length: cornerSteps + 1 }, (_, i): [number, number] => {
      const turn = from + (0.25 * i) / cornerSteps;
      return [round(cx + r * cosine(turn)), round(cy + r * sine(turn))];
    }),
  );
  return { bounds, radius: r, polygon, path: polygonPath(polygon) };
}

/** Where the title goes: the roomiest place beside the button, inside the margins. */
export function titleArea(frame: { width: number; height: number }, button: Rect | undefined): Rect {
  const { width, height } = frame;
  const side = width * 0.07;
  const edge = height * 0.1;
  const inner: Rect = { x: side, y: edge, width: width - 2 * side, height: height - 2 * edge };
  if (!button) return { x: side, y: height * 0.2, width: inner.width, height: height * 0.52 };
  const gap = Math.min(width, height) * 0.05;
  const right = inner.x + inner.width;
  const bottom = inner.y + inner.height;
  const places: Rect[] = [
    { x: inner.x, y: inner.y, width: inner.width, height: button.y - gap - inner.y },
    {
      x: inner.x,
      y: button.y + button.height + gap,
      width: inner.width,
      height: bottom - button.y - button.height - gap,
    },
    { x: inner.x, y: inner.y, width: button.x - gap - inner.x, height: inner.height },
    {
      x: button.x + button.width + gap,
      y: inner.y,
      width: right - button.x - button.width - gap,
      height: inner.height,
    },
  ];
  // A wide and low place suits a title better than a tall one of the same area.
  const room = (place: Rect) => {
    const w = Math.max(0, place.width);
    const h = Math.max(0, place.height);
    return Math.min(w, h * 5) * Math.min(h, w);
  };
  const best = places.reduce((a, b) => (room(b) > room(a) * 1.05 ? b : a));
  const place = { ...best, width: Math.max(1, best.width), height: Math.max(1, best.height) };
  // Very high places leave the title near the button, not lost in the middle of an empty frame.
  const limit = height * 0.5;
  if (place.height <= limit) return place;
  return { ...place, y: place.y + (place.height - limit) * 0.55, height: limit };
}
