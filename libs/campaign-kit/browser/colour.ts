export type Rgb = readonly [number, number, number];

/** Any CSS colour as red, green and blue, 0..255; black when the browser does not know it. */
export function parseColour(css: string): Rgb {
  const context = document.createElement('canvas').getContext('2d');
  if (!context) return [0, 0, 0];
  context.fillStyle = '#000';
  context.fillStyle = css;
  context.fillRect(0, 0, 1, 1);
  const [r = 0, g = 0, b = 0] = context.getImageData(0, 0, 1, 1).data;
  return [r, g, b];
}

/** WCAG 2 relative luminance, 0..1 (https://www.w3.org/TR/WCAG22/#dfn-relative-luminance). */
export function luminance(rgb: Rgb): number {
  const linear = (v: number) => (v <= 10.3 ? v / 3294.6 : ((v / 255 + 0.055) / 1.055) ** 2.4);
  return 0.2126 * linear(rgb[0]) + 0.7152 * linear(rgb[1]) + 0.0722 * linear(rgb[2]);
}

const DARK = '#140f1f';
const LIGHT = '#ffffff';

/** The one of near-black and white that contrasts more with the colour. */
export function inkOn(css: string): string {
  const l = luminance(parseColour(css));
  const dark = luminance(parseColour(DARK));
  return (l + 0.05) / (dark + 0.05) > 1.05 / (l + 0.05) ? DARK : LIGHT;
}

/** Sets the four colours, and the ink for each, as custom properties that the style sheets build on. */
export function applyColours(root: HTMLElement, colours: Readonly<Record<string, string>>): void {
  for (const name of ['primary', 'secondary', 'accent', 'background']) {
    const value = colours[name];
    if (value === undefined) continue;
    root.style.setProperty(`--${name}`, value);
    root.style.setProperty(`--on-${name}`, inkOn(value));
  }
  const background = colours.background;
  if (background !== undefined) root.dataset.ground = inkOn(background) === LIGHT ? 'dark' : 'light';
}
