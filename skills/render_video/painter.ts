import type { Film } from './film.js';
import { over, saturate } from './pixels.js';
import { render } from './raster.js';

/** Draws the pictures of a film one after the other. */
export interface Painter {
  /**
   * The picture of a frame as opaque RGBA, valid until the next call; `changed` is false when it is the one before.
   */
  paint(frame: number): { picture: Uint8Array; changed: boolean };
}

/**
 * A painter that renders what stands still once. Needs `prepareRenderer` to be done.
 */
export function createPainter(film: Film): Painter {
  const { width, height } = film;
  const stills = film.slabs.map(slab => (slab.kind === 'still' ? render(width, height, slab.svg) : undefined));
  // Stills at the very back that never change are one picture.
  const base = new Uint8Array(width * height * 4);
  for (let i = 3; i < base.length; i += 4) base[i] = 255;
  let first = 0;
  for (const [i, slab] of film.slabs.entries()) {
    const pixels = stills[i];
    if (slab.kind !== 'still' || slab.opacity || !pixels) break;
    over(base, pixels);
    stills[i] = undefined;
    first = i + 1;
  }
  const picture = new Uint8Array(width * height * 4);
  let before = '';

  return {
    paint(frame) {
      const moment = film.moment(frame);
      const name = `${moment.clock}/${moment.script}`;
      if (name === before) return { picture, changed: false };
      before = name;
      picture.set(base);
      let pending = '';
      const flush = () => {
        if (pending) over(picture, render(width, height, pending));
        pending = '';
      };
      for (const [i, slab] of film.slabs.entries()) {
        if (i < first) continue;
        if (slab.kind === 'moving') {
          pending += slab.draw(moment);
          continue;
        }
        const pixels = stills[i];
        const opacity = Math.round(256 * (slab.opacity?.(moment) ?? 1));
        if (!pixels || opacity <= 0) continue;
        flush();
        over(picture, pixels, Math.min(256, opacity));
      }
      flush();
      saturate(picture, Math.round(256 * film.saturation(moment)));
      return { picture, changed: true };
    },
  };
}
