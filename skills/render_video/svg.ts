/** A number as SVG text: two decimals, never an exponent. */
export function n(value: number): string {
  const rounded = Math.round(value * 100) / 100;
  return Object.is(rounded, -0) ? '0' : String(rounded);
}

/** Path data through points, closed. */
export function polygonPath(points: readonly (readonly [number, number])[]): string {
  return `M${points.map(([x, y]) => `${n(x)} ${n(y)}`).join('L')}Z`;
}

/** An SVG document of the frame's size. */
export function document(width: number, height: number, content: string): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">${content}</svg>`;
}

/** A transform about a centre: scale, and a turn in degrees, then a shift. */
export function around(x: number, y: number, scale: number, degrees = 0, dx = 0, dy = 0): string {
  const turn = degrees === 0 ? '' : `rotate(${n(degrees)})`;
  // Three decimals: at 1920 pixels the second one of a scale would be visible as a jump.
  const size = Math.round(scale * 1000) / 1000;
  return `translate(${n(x + dx)} ${n(y + dy)})${turn}scale(${size})translate(${n(-x)} ${n(-y)})`;
}

/** A path that leans on the same outline several times, wider and fainter: light around a line, without a filter. */
export function glow(path: string, colour: string, width: number, strength: number): string {
  return [1, 0.62, 0.34]
    .map(
      part =>
        `<path d="${path}" fill="none" stroke="${colour}" stroke-width="${n(width * part)}" stroke-opacity="${n(strength * (1.15 - part))}" stroke-linejoin="round" stroke-linecap="round"/>`,
    )
    .join('');
}
