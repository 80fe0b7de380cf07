import type { Cluster } from './clusters.js';

const opening = /^[\p{Ps}\p{Pi}（「『【〈《〔［｛“‘]/u;
/** Closing marks, small kana and prolonged sounds, which Japanese typesetting (JIS X 4051) keeps off a line's start. */
const notAtStart =
  /^[\p{Pe}\p{Pf}!?.,:;%、。，．・：；？！…‥ー〜～々ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶ）」』】〉》〕］｝”’]/u;
/** Hangul is not here: Korean breaks at its spaces. */
const anywhere =
  /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}、。，．・：；？！…‥ー〜～々）」』】〉》〕］｝]/u;

const hiragana = /^\p{Script=Hiragana}/u;
const phraseStart = /^[\p{Script=Han}\p{Script=Katakana}\p{L}\p{N}「『【〈《（]/u;

/**
 * Where Japanese reads well across a line's end: after a mark, and where the kana that end a phrase give way to the next
 * word. A dictionary would find more, but comes with another version of Node and other breaks.
 */
function phraseEnds(last: string, next: string): boolean {
  if (/^[、。，．！？…‥）」』】〉》]/u.test(last)) return true;
  return hiragana.test(last) && !hiragana.test(next) && phraseStart.test(next);
}

/** A stretch that is not broken unless it alone is wider than the line. */
export interface Piece {
  readonly clusters: Cluster[];
  /** Clusters of white space after it, dropped at a line's end. */
  readonly trailing: Cluster[];
  /** A line break stands after it. */
  readonly forced: boolean;
}

/**
 * Cuts clusters where a line may break.
 *
 * @param phrases only between phrases, for Japanese
 */
export function splitPieces(clusters: readonly Cluster[], phrases = false): Piece[] {
  const pieces: { clusters: Cluster[]; trailing: Cluster[]; forced: boolean }[] = [];
  let current: { clusters: Cluster[]; trailing: Cluster[]; forced: boolean } | undefined;
  for (const cluster of clusters) {
    const isBreak = /^[\n\r\u2028\u2029]/u.test(cluster.text);
    const isSpace = /^\s/u.test(cluster.text) && cluster.text !== '\u00a0' && cluster.text !== '\u202f';
    if (isBreak || isSpace) {
      current ??= { clusters: [], trailing: [], forced: false };
      if (isBreak) current.forced = true;
      else current.trailing.push(cluster);
      if (!pieces.includes(current)) pieces.push(current);
      continue;
    }
    const last = current?.clusters[current.clusters.length - 1];
    const mayBreak =
      current !== undefined &&
      (current.trailing.length > 0 ||
        current.forced ||
        (last !== undefined &&
          (phrases
            ? phraseEnds(last.text, cluster.text)
            : anywhere.test(last.text) || anywhere.test(cluster.text) || /^[-–—/]/u.test(last.text)) &&
          !opening.test(last.text) &&
          !notAtStart.test(cluster.text)));
    if (!current || mayBreak) {
      current = { clusters: [], trailing: [], forced: false };
      pieces.push(current);
    }
    current.clusters.push(cluster);
  }
  return pieces;
}

/** A piece with its measured widths, in any one unit. */
export interface Measured {
  readonly piece: Piece;
  readonly width: number;
  readonly space: number;
}

/** Fills lines from the left; a piece wider than the line stands alone on one. */
export function fillLines(pieces: readonly Measured[], maxWidth: number): Measured[][] {
  const lines: Measured[][] = [];
  let line: Measured[] = [];
  let width = 0;
  let space = 0;
  for (const measured of pieces) {
    if (line.length > 0 && width + space + measured.width > maxWidth) {
      lines.push(line);
      line = [];
      width = 0;
      space = 0;
    }
    line.push(measured);
    width += (line.length > 1 ? space : 0) + measured.width;
    space = measured.space;
    if (measured.piece.forced) {
      lines.push(line);
      line = [];
      width = 0;
      space = 0;
    }
  }
  if (line.length > 0) lines.push(line);
  return lines;
}

/** The widest line, without the white space at its end. */
export function widest(lines: readonly (readonly Measured[])[]): number {
  let result = 0;
  for (const line of lines) {
    let width = 0;
    line.forEach((measured, i) => (width += measured.width + (i < line.length - 1 ? measured.space : 0)));
    if (width > result) result = width;
  }
  return result;
}

/**
 * Breaks into as many lines as filling would, but of even length: a title with one short word on its last line looks
 * like an accident.
 */
export function balance(pieces: readonly Measured[], maxWidth: number): Measured[][] {
  const filled = fillLines(pieces, maxWidth);
  let low = maxWidth / (filled.length + 1);
  let high = maxWidth;
  let best = filled;
  for (let i = 0; i < 12; i++) {
    const middle = (low + high) / 2;
    const lines = fillLines(pieces, middle);
    if (lines.length <= filled.length && widest(lines) <= maxWidth) {
      best = lines;
      high = middle;
    } else {
      low = middle;
    }
  }
  return best;
}
