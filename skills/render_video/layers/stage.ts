import type { Rect } from '../geometry.js';
import type { Moment } from '../timing.js';

/** What a layer is drawn on. */
export interface Stage {
  /** Pixels. */
  readonly width: number;
  readonly height: number;
  /** A hundredth of the shorter side, in pixels: sizes are given in it, so that every frame looks alike. */
  readonly unit: number;
  /** Where the title goes; what must be seen keeps away from it. */
  readonly title: Rect;
  /** Resolves a colour expression of the scene to `#rrggbb`. */
  colour(expression: string): string;
}

/**
 * A slice of the picture: `still` is rendered once and laid over what is below it, with an opacity that may change;
 * `moving` is rendered for each moment. Both are SVG content in pixels of the frame.
 */
export type Slab =
  | { readonly kind: 'still'; readonly svg: string; readonly opacity?: (moment: Moment) => number }
  | { readonly kind: 'moving'; readonly draw: (moment: Moment) => string };

/** Draws one kind of layer. `id` is unique in the film: for gradients and as the seed of its random numbers. */
export type DrawLayer<L> = (layer: L, stage: Stage, id: string) => Slab[];

export const still = (svg: string): Slab => ({ kind: 'still', svg });
export const moving = (draw: (moment: Moment) => string): Slab => ({ kind: 'moving', draw });
