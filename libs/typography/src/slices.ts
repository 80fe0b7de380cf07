import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import * as hb from 'harfbuzzjs';
import decompressModule from 'woff2-encoder/decompress';
import { families, type Family, type FamilyId } from './families.js';

const require = createRequire(import.meta.url);

// The declaration says `export default`, and nodenext resolves that to the module's own default.
const decompress = decompressModule as unknown as (buffer: Uint8Array) => Promise<Uint8Array>;

/** One font file: a part of a family's characters, in all weights. */
export interface Slice {
  /** Unique, e.g. `jp/102`. */
  readonly id: string;
  readonly family: FamilyId;
  /** The decompressed TrueType font. */
  readonly data: Uint8Array;
  readonly face: hb.Face;
  readonly characters: ReadonlySet<number>;
  /** A HarfBuzz font at a weight (100 to 900), in font units (1000 to the em). */
  font(weight: number): hb.Font;
}

interface Entry {
  readonly key: string;
  /** Pairs of first and last code point, as the package states them; the font itself may have fewer. */
  readonly ranges: readonly (readonly [number, number])[];
}

const indexes = new Map<FamilyId, Entry[]>();
const loaded = new Map<string, Promise<Slice>>();

function parseRanges(text: string): [number, number][] {
  return text.split(',').map(part => {
    const [from, to] = part.replace('U+', '').split('-');
    return [parseInt(from ?? '', 16), parseInt(to ?? from ?? '', 16)];
  });
}

function indexOf(family: Family): Entry[] {
  let entries = indexes.get(family.id);
  if (!entries) {
    const stated = JSON.parse(
      readFileSync(require.resolve(`${family.package}/unicode.json`), 'utf8'),
    ) as Record<string, string>;
    entries = Object.entries(stated)
      .map(([key, ranges]) => ({ key: key.replace(/[[\]]/g, ''), ranges: parseRanges(ranges) }))
      .filter(entry => !family.skip.includes(entry.key));
    indexes.set(family.id, entries);
  }
  return entries;
}

async function load(family: Family, key: string): Promise<Slice> {
  const path = require.resolve(`${family.package}/files/${family.file}-${key}-wght-normal.woff2`);
  const data = await decompress(readFileSync(path));
  const face = new hb.Face(new hb.Blob(data));
  const fonts = new Map<number, hb.Font>();
  return {
    id: `${family.id}/${key}`,
    family: family.id,
    data,
    face,
    characters: new Set(face.collectUnicodes()),
    font(weight) {
      let font = fonts.get(weight);
      if (!font) {
        font = new hb.Font(face);
        font.setVariations([new hb.Variation('wght', weight)]);
        fonts.set(weight, font);
      }
      return font;
    },
  };
}

/**
 * The slice of a family that has a character, loaded when first needed and kept for the life of the process;
 * undefined when the family has no glyph for it.
 */
export async function findSlice(id: FamilyId, codePoint: number): Promise<Slice | undefined> {
  const family = families[id];
  for (const entry of indexOf(family)) {
    if (!entry.ranges.some(([from, to]) => codePoint >= from && codePoint <= to)) continue;
    const name = `${id}/${entry.key}`;
    let slice = loaded.get(name);
    if (!slice) {
      slice = load(family, entry.key);
      loaded.set(name, slice);
    }
    const ready = await slice;
    if (ready.characters.has(codePoint)) return ready;
  }
  return undefined;
}

/** The font packages with their versions: what drawn text depends on beside the code. */
export function fontSources(): { package: string; version: string }[] {
  return Object.values(families).map(family => {
    const manifest = JSON.parse(readFileSync(require.resolve(`${family.package}/package.json`), 'utf8')) as {
      version: string;
    };
    return { package: family.package, version: manifest.version };
  });
}
