import type { Film } from './film.js';
import type { Slab } from './layers/stage.js';
import { filledPart, over, saturate } from './pixels.js';
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
  const slabs = merged(film.slabs);
  const stills = slabs.map(slab => (slab.kind === 'still' ? render(width, height, slab.svg) : undefined));
  const parts = stills.map(pixels => pixels && filledPart(pixels));
  const base = new Uint8Array(width * height * 4);
  for (let i = 3; i < base.length; i += 4) base[i] = 255;
  const [back] = slabs;
  const first = back?.kind === 'still' && !back.opacity ? 1 : 0;
  if (first === 1 && stills[0]) over(base, stills[0]);
  const picture = new Uint8Array(width * height * 4);
  let before = '';
  // What a moving slab drew last, and its pixels once it has stopped: most titles come to rest.
  const drawn = slabs.map(() => '');
  const rested: (Uint8Array | undefined)[] = slabs.map(() => undefined);

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
      for (const [i, slab] of slabs.entries()) {
        if (i < first) continue;
        if (slab.kind === 'moving') {
          const svg = slab.draw(moment);
          if (svg !== drawn[i]) {
            drawn[i] = svg;
            rested[i] = undefined;
            pending += svg;
          } else if (svg !== '') {
            flush();
            rested[i] ??= render(width, height, svg);
            over(picture, rested[i] as Uint8Array);
          }
          continue;
        }
        const pixels = stills[i];
        const opacity = Math.round(256 * (slab.opacity?.(moment) ?? 1));
        if (!pixels || opacity <= 0) continue;
        flush();
        over(picture, pixels, Math.min(256, opacity), parts[i]);
      }
      flush();
      saturate(picture, Math.round(256 * film.saturation(moment)));
      return { picture, changed: true };
    },
  };
}

/** Stills that lie directly on each other and never change are one. */
function merged(slabs: readonly Slab[]): Slab[] {
  const out: Slab[] = [];
  for (const slab of slabs) {
    const last = out[out.length - 1];
    if (slab.kind === 'still' && !slab.opacity && last?.kind === 'still' && !last.opacity)
      out[out.length - 1] = { kind: 'still', svg: last.svg + slab.svg };
    else out.push(slab);
  }
  return out;
}
