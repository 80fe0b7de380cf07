import { familyOrder, hasCjk } from './families.js';
import { findSlice, type Slice } from './slices.js';

/** A base character with the marks and joiners that follow it; fonts are chosen for whole clusters. */
export interface Cluster {
  readonly text: string;
  /** Offset in UTF-16 units in the text that was split. */
  readonly index: number;
  readonly slice: Slice;
}

/** A character that no font has. */
export interface Undrawable {
  /** The character itself. */
  readonly character: string;
  /** e.g. `U+1F600`. */
  readonly codePoint: string;
  /** Offset in UTF-16 units. */
  readonly index: number;
}

// Not Intl.Segmenter: its rules come with the ICU of each Node version, and frames must not change with it.
const clusterPattern = /(?:\r\n|\P{M})(?:\p{M}|\u200c|\u200d|\ufe0e|\ufe0f)*|\p{M}+/gu;

/** Joiners, direction marks and variation selectors: they have no glyph of their own. First and last of each range. */
const invisible: readonly (readonly [number, number])[] = [
  [0xad, 0xad],
  [0x34f, 0x34f],
  [0x61c, 0x61c],
  [0x200b, 0x200f],
  [0x202a, 0x202e],
  [0x2060, 0x2064],
  [0x2066, 0x2069],
  [0xfe00, 0xfe0f],
  [0xfeff, 0xfeff],
];

function isInvisible(character: string): boolean {
  const point = character.codePointAt(0) ?? 0;
  return invisible.some(([first, last]) => point >= first && point <= last);
}

/** Punctuation that Japanese and Chinese set full width although Latin has it too. */
const sharedPunctuation = /^[\u2014\u2018\u2019\u201c\u201d\u2025\u2026\u30fb]$/u;

const space = /^[\s]$/u;

/** `U+` and at least four hexadecimal digits. */
export function codePointName(character: string): string {
  return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
}

function visible(text: string): string[] {
  return [...text].filter(character => !isInvisible(character) && !space.test(character));
}

/**
 * Splits a text into clusters, each with the font slice that draws it.
 *
 * @returns the clusters, or the first character that cannot be drawn
 */
export async function splitClusters(text: string, locale: string): Promise<Cluster[] | Undrawable> {
  const order = familyOrder(locale, text);
  const wide = /^(ja|zh)/i.test(locale) && hasCjk(text);
  const clusters: Cluster[] = [];
  let previous: Slice | undefined;
  for (const match of text.matchAll(clusterPattern)) {
    const shown = visible(match[0]);
    let slice: Slice | undefined;
    if (shown.length === 0) {
      // A space stays with the font before it: an Arabic sentence is then one run per line.
      slice = previous?.characters.has(0x20) ? previous : await findSlice('sans', 0x20);
    } else {
      const families =
        wide && sharedPunctuation.test(match[0]) ? [...order.slice(3), ...order.slice(0, 3)] : order;
      const points = shown.map(character => character.codePointAt(0) ?? 0);
      for (const family of families) {
        const found = await findSlice(family, points[0] ?? 0);
        if (found && points.every(point => found.characters.has(point))) {
          slice = found;
          break;
        }
        // Marks may stand in another slice of the same family than the base letter in the package's cut.
        for (const point of points.slice(1)) {
          const other: Slice | undefined = await findSlice(family, point);
          if (other && points.every(each => other.characters.has(each))) slice = other;
        }
        if (slice) break;
      }
      if (!slice) return firstUndrawable(shown, order, match[0], match.index);
    }
    if (!slice) throw new Error('the base font has no space');
    clusters.push({ text: match[0], index: match.index, slice });
    previous = slice;
  }
  return clusters;
}

async function firstUndrawable(
  shown: readonly string[],
  order: Parameters<typeof findSlice>[0][],
  cluster: string,
  index: number,
): Promise<Undrawable> {
  for (const character of shown) {
    let found = false;
    for (const family of order)
      found ||= (await findSlice(family, character.codePointAt(0) ?? 0)) !== undefined;
    if (!found)
      return { character, codePoint: codePointName(character), index: index + cluster.indexOf(character) };
  }
  // Each part has a font, but no font has the combination: name the mark, which is what cannot be placed.
  const last = shown[shown.length - 1] ?? cluster;
  return { character: last, codePoint: codePointName(last), index: index + cluster.lastIndexOf(last) };
}

/** True for the refusal of `splitClusters`. */
export function isUndrawable(result: Cluster[] | Undrawable): result is Undrawable {
  return !Array.isArray(result);
}

/**
 * The first character of a text that no font has, so that a text can be refused before anything is rendered.
 * Line breaks and tabs count as spaces; other control characters cannot be drawn.
 */
export async function findUndrawable(text: string, locale: string): Promise<Undrawable | undefined> {
  const result = await splitClusters(text, locale);
  return isUndrawable(result) ? result : undefined;
}
