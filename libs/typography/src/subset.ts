import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { isUndrawable, splitClusters } from './clusters.js';
import { UndrawableError } from './errors.js';
import type { Slice } from './slices.js';

/** A font cut to the characters of some texts, for a page that draws them itself. */
export interface FontSubset {
  /** Name for CSS, unique within one answer of `subsetFonts`. */
  readonly family: string;
  readonly format: 'truetype';
  /** The font file; it keeps all weights from 100 to 900 and the layout tables that joining scripts need. */
  readonly data: Uint8Array;
  /** CSS `unicode-range` of its characters. */
  readonly unicodeRange: string;
}

/** The exports of harfbuzz-subset.wasm that are used; HarfBuzz's own C interface, hb-subset.h. */
interface SubsetModule {
  readonly memory: WebAssembly.Memory;
  _initialize(): void;
  malloc(size: number): number;
  free(pointer: number): void;
  hb_blob_create(data: number, length: number, mode: number, user: number, destroy: number): number;
  hb_blob_destroy(blob: number): void;
  hb_blob_get_data(blob: number, length: number): number;
  hb_blob_get_length(blob: number): number;
  hb_face_create(blob: number, index: number): number;
  hb_face_destroy(face: number): void;
  hb_face_reference_blob(face: number): number;
  hb_set_add(set: number, value: number): void;
  hb_subset_input_create_or_fail(): number;
  hb_subset_input_destroy(input: number): void;
  hb_subset_input_unicode_set(input: number): number;
  hb_subset_or_fail(face: number, input: number): number;
}

/** HB_MEMORY_MODE_WRITABLE of hb-blob.h. */
const writable = 2;

let subsetModule: Promise<SubsetModule> | undefined;

async function instantiate(): Promise<SubsetModule> {
  const path = createRequire(import.meta.url).resolve('harfbuzzjs/dist/harfbuzz-subset.wasm');
  const { instance } = await WebAssembly.instantiate(await readFile(path));
  const exports = instance.exports as unknown as SubsetModule;
  exports._initialize();
  return exports;
}

function cut(wasm: SubsetModule, font: Uint8Array, points: readonly number[]): Uint8Array {
  const pointer = wasm.malloc(font.length);
  new Uint8Array(wasm.memory.buffer).set(font, pointer);
  const blob = wasm.hb_blob_create(pointer, font.length, writable, 0, 0);
  const face = wasm.hb_face_create(blob, 0);
  wasm.hb_blob_destroy(blob);
  const input = wasm.hb_subset_input_create_or_fail();
  const unicodes = wasm.hb_subset_input_unicode_set(input);
  for (const point of points) wasm.hb_set_add(unicodes, point);
  const subset = wasm.hb_subset_or_fail(face, input);
  wasm.hb_subset_input_destroy(input);
  wasm.hb_face_destroy(face);
  if (subset === 0) {
    wasm.free(pointer);
    throw new Error('HarfBuzz could not cut the font');
  }
  const result = wasm.hb_face_reference_blob(subset);
  wasm.hb_face_destroy(subset);
  const start = wasm.hb_blob_get_data(result, 0);
  const data = new Uint8Array(wasm.memory.buffer).slice(start, start + wasm.hb_blob_get_length(result));
  wasm.hb_blob_destroy(result);
  wasm.free(pointer);
  return data;
}

function rangesOf(points: readonly number[]): string {
  const ranges: [number, number][] = [];
  for (const point of points) {
    const last = ranges[ranges.length - 1];
    if (last && last[1] === point - 1) last[1] = point;
    else ranges.push([point, point]);
  }
  const hex = (value: number) => value.toString(16).toUpperCase();
  return ranges.map(([from, to]) => (from === to ? `U+${hex(from)}` : `U+${hex(from)}-${hex(to)}`)).join(',');
}

/**
 * The fonts that a page needs to draw some texts by itself, and nothing else of them; the same texts give the same
 * bytes. Name all families in CSS in the order given (`fontFaceCss` does).
 *
 * @param also characters to have in any case, e.g. digits of a score
 * @throws UndrawableError when no font has a character of a text
 */
export async function subsetFonts(
  texts: readonly string[],
  locale: string,
  also = '',
): Promise<FontSubset[]> {
  const wanted = new Map<Slice, Set<number>>();
  for (const text of [...texts, also]) {
    const clusters = await splitClusters(text.normalize('NFC'), locale);
    if (isUndrawable(clusters)) throw new UndrawableError(clusters);
    for (const { slice, text: cluster } of clusters) {
      const points = wanted.get(slice) ?? new Set<number>();
      wanted.set(slice, points);
      for (const character of cluster) {
        const point = character.codePointAt(0) ?? 0;
        if (slice.characters.has(point)) points.add(point);
      }
      // An Arabic or Devanagari browser run keeps its space in the font of its letters.
      if (slice.characters.has(0x20)) points.add(0x20);
    }
  }
  const wasm = await (subsetModule ??= instantiate());
  return [...wanted]
    .filter(([, points]) => points.size > 0)
    .sort(([a], [b]) => rank(a) - rank(b) || (a.id < b.id ? -1 : 1))
    .map(([slice, points]) => {
      const sorted = [...points].sort((a, b) => a - b);
      return {
        family: `Cairn ${slice.id.replace('/', ' ')}`,
        format: 'truetype' as const,
        data: cut(wasm, slice.data, sorted),
        unicodeRange: rangesOf(sorted),
      };
    });
}

/** Latin first, so that digits and punctuation have one design everywhere. */
function rank(slice: Slice): number {
  return slice.id === 'sans/latin' ? 0 : slice.family === 'sans' ? 1 : 2;
}

/**
 * `@font-face` rules with the fonts inside (base64), and the value for `font-family`; no request leaves the page.
 */
export function fontFaceCss(fonts: readonly FontSubset[]): { css: string; fontFamily: string } {
  const css = fonts
    .map(font => {
      const data = Buffer.from(font.data).toString('base64');
      return `@font-face{font-family:'${font.family}';font-weight:100 900;font-style:normal;src:url(data:font/ttf;base64,${data}) format('truetype');unicode-range:${font.unicodeRange}}`;
    })
    .join('\n');
  return { css, fontFamily: [...fonts.map(font => `'${font.family}'`), 'sans-serif'].join(',') };
}
