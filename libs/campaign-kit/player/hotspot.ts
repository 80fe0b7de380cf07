import { h } from '../browser/dom.js';
import type { Bounds, Manifest } from './page.js';

interface Frame {
  readonly width: number;
  readonly height: number;
}

const percent = (part: number, whole: number) => `${((part / whole) * 100).toFixed(4)}%`;

/** The mask as a CSS polygon inside the button's own box. */
export function clipPath(bounds: Bounds, mask: readonly (readonly number[])[]): string {
  const corner = ([x = 0, y = 0]: readonly number[]) =>
    `${percent(x - bounds.x, bounds.width)} ${percent(y - bounds.y, bounds.height)}`;
  return `polygon(${mask.map(corner).join(', ')})`;
}

/**
 * A real button exactly over the one that the intro shows: it can be focused, it is named, and only the masked
 * shape takes the pointer. All in percent of the frame, so it scales with the letterboxed video.
 */
export class Hotspot {
  readonly element: HTMLDivElement;
  readonly button: HTMLButtonElement;

  constructor(
    private readonly spec: Manifest['interaction']['button'],
    label: string,
  ) {
    this.button = h(
      'button',
      { class: 'hotspot-button', type: 'button', 'aria-label': label },
      h('span', { class: 'hotspot-label', dir: 'auto' }, label),
    );
    this.element = h(
      'div',
      { class: 'hotspot', hidden: true, 'data-hover': spec.hover_effect ?? 'glow' },
      this.button,
    );
    if (spec.mask_polygon && spec.mask_polygon.length >= 3)
      this.button.style.clipPath = clipPath(spec.bounds, spec.mask_polygon);
  }

  /** Puts it where it belongs in a frame of this size. */
  place(frame: Frame): void {
    const { x, y, width, height } = this.spec.bounds;
    const { style } = this.element;
    style.left = percent(x, frame.width);
    style.top = percent(y, frame.height);
    style.width = percent(width, frame.width);
    style.height = percent(height, frame.height);
  }

  /** @param drawn false when there is no video to show the button: it then shows itself. */
  show(drawn: boolean): void {
    this.element.hidden = false;
    this.element.classList.toggle('plain', !drawn);
    this.button.focus({ preventScroll: true });
  }

  hide(): void {
    this.element.hidden = true;
  }
}
