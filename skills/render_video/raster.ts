import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { initWasm, Resvg } from '@resvg/resvg-wasm';
import { document } from './svg.js';

let ready: Promise<void> | undefined;

/** Loads the renderer; to be awaited once before `render`. */
export function prepareRenderer(): Promise<void> {
  ready ??= readFile(createRequire(import.meta.url).resolve('@resvg/resvg-wasm/index_bg.wasm')).then(bytes =>
    initWasm(bytes),
  );
  return ready;
}

function withRendered<T>(
  width: number,
  height: number,
  content: string,
  use: (image: { pixels: Uint8Array; asPng(): Uint8Array }) => T,
): T {
  // Texts are outlines by now: no font is looked for.
  const renderer = new Resvg(document(width, height, content), { font: { loadSystemFonts: false } });
  try {
    const image = renderer.render();
    try {
      return use(image);
    } finally {
      image.free();
    }
  } finally {
    renderer.free();
  }
}

/** SVG content as premultiplied RGBA, width × height × 4 bytes. */
export function render(width: number, height: number, content: string): Uint8Array {
  return withRendered(width, height, content, image => image.pixels);
}

/** SVG content as a PNG file. */
export function renderPng(width: number, height: number, content: string): Uint8Array {
  return withRendered(width, height, content, image => image.asPng());
}
