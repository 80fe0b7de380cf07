import bidiModule, { type Bidi } from 'bidi-js';
import { balance, splitPieces, widest, type Measured } from './breaking.js';
import { isUndrawable, splitClusters, type Cluster } from './clusters.js';
import { UndrawableError } from './errors.js';
import { hasCjk } from './families.js';
import { emptyBox, join, outline, type Box } from './outline.js';
import { shapeLine, type ShapedUnit } from './shape.js';

export interface LayoutOptions {
  /** Wanted font size in pixels; the text is set smaller when it does not fit. */
  readonly size: number;
  /** `regular` is 400, `bold` 700, `black` 900; or any weight from 100 to 900. */
  readonly weight?: 'regular' | 'bold' | 'black' | number;
  /** BCP 47; decides between Japanese, Korean and Chinese forms. */
  readonly locale: string;
  /** Pixels. */
  readonly maxWidth: number;
  readonly maxHeight?: number;
  readonly maxLines?: number;
  /** `start` is right for a right-to-left text. Default `start`. */
  readonly align?: 'start' | 'left' | 'center' | 'right';
  /** In font sizes; the default suits the script. */
  readonly lineHeight?: number;
}

/** A cluster, or a word of a joining script: the smallest thing that may be moved by itself. */
export interface TextUnit {
  readonly text: string;
  /** Place in reading order, from 0. */
  readonly order: number;
  /** SVG path data at its place in the layout; empty for a space. */
  readonly path: string;
  /** Ink box in pixels; for a space, a box without area. */
  readonly box: Box;
}

export interface TextLine {
  readonly units: readonly TextUnit[];
  /** All units of the line as one path. */
  readonly path: string;
  /** Left end of the line, in pixels. */
  readonly x: number;
  /** Baseline, in pixels from the layout's top. */
  readonly y: number;
  readonly width: number;
}

export interface TextLayout {
  readonly lines: readonly TextLine[];
  /** Widest line, in pixels. */
  readonly width: number;
  /** From the top of the first line's letters to the bottom of the last one's. */
  readonly height: number;
  readonly path: string;
  readonly ink: Box;
  /** Height that looks like the middle: half of the capitals, or of the ink where a script has no capitals. */
  readonly middle: number;
  readonly fontSize: number;
  readonly rightToLeft: boolean;
}

/** Height of the capitals of Noto Sans, in font units (its OS/2 table, sCapHeight). */
const capHeight = 0.714;
const weights = { regular: 400, bold: 700, black: 900 };
// CommonJS: the factory is the module itself, whatever its declaration says to nodenext.
const bidi = (bidiModule as unknown as () => Bidi)();
const rightToLeftLanguages = /^(ar|he|iw|fa|ur|ps|sd|ug|yi)\b/i;
const alphabetic =
  /^[\s\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}\p{Script=Common}\p{Script=Inherited}]*$/u;

interface Prepared {
  readonly text: string;
  readonly levels: Uint8Array;
  readonly rightToLeft: boolean;
  readonly pieces: readonly Measured[];
  /** Japanese and Chinese cut between phrases only, where marks and kana show them; it may need a smaller size. */
  readonly phrases?: readonly Measured[];
  readonly weight: number;
}

async function prepare(input: string, options: LayoutOptions): Promise<Prepared> {
  const text = input
    .normalize('NFC')
    .replace(/[^\S\n]+/gu, match => (/[\u00a0\u202f\u3000]/u.test(match) ? match : ' '))
    .trim();
  const clusters = await splitClusters(text, options.locale);
  if (isUndrawable(clusters)) throw new UndrawableError(clusters);
  const strong = /[\p{L}]/u.test(text);
  const base = strong ? 'auto' : rightToLeftLanguages.test(options.locale) ? 'rtl' : 'ltr';
  const { levels, paragraphs } = bidi.getEmbeddingLevels(text, base);
  const weight = typeof options.weight === 'number' ? options.weight : weights[options.weight ?? 'regular'];
  const measure = (part: readonly Cluster[]) =>
    shapeLine(text, part, levels, weight, options.locale).reduce((sum, unit) => sum + unit.advance, 0) / 1000;
  const cut = (byPhrases: boolean) =>
    splitPieces(clusters, byPhrases).map(piece => ({
      piece,
      width: measure(piece.clusters),
      space: measure(piece.trailing),
    }));
  return {
    text,
    levels,
    rightToLeft: (paragraphs[0]?.level ?? 0) % 2 === 1,
    pieces: cut(false),
    phrases: /[\p{Script=Hiragana}、。，！？…]/u.test(text) && hasCjk(text) ? cut(true) : undefined,
    weight,
  };
}

interface Fitted {
  readonly size: number;
  readonly lines: Measured[][];
}

/** Whole phrases on each line if that costs less than a sixth of the size. */
function fit(prepared: Prepared, options: LayoutOptions, lineHeight: number): Fitted {
  const any = fitPieces(prepared.pieces, options, lineHeight);
  if (!prepared.phrases) return any;
  const whole = fitPieces(prepared.phrases, options, lineHeight);
  return whole.size * 6 >= any.size * 5 ? whole : any;
}

/** The largest size at which the text fits, going down in steps of a 32nd. */
function fitPieces(pieces: readonly Measured[], options: LayoutOptions, lineHeight: number): Fitted {
  let size = options.size;
  for (;;) {
    const lines = balance(pieces, options.maxWidth / size);
    const high = (lines.length - 1) * lineHeight + 1;
    const fits =
      lines.length <= (options.maxLines ?? Infinity) &&
      widest(lines) * size <= options.maxWidth &&
      high * size <= (options.maxHeight ?? Infinity);
    if (fits || size < 1) return { size, lines };
    size -= size / 32;
  }
}

/**
 * Sets a text: fonts by character, order by the bidirectional algorithm, glyphs by HarfBuzz, lines broken evenly.
 * Coordinates are pixels with y downwards; the first line's capitals start at y 0 and the widest line at x 0.
 *
 * @throws UndrawableError when no font has a character of the text
 */
export async function layoutText(input: string, options: LayoutOptions): Promise<TextLayout> {
  const prepared = await prepare(input, options);
  const simple = alphabetic.test(prepared.text);
  const lineHeight = options.lineHeight ?? (simple ? 1.12 : hasCjk(prepared.text) ? 1.25 : 1.4);
  const { size, lines: broken } = fit(prepared, options, lineHeight);
  const scale = size / 1000;

  const shaped = broken.map(line => {
    const clusters = line.flatMap(({ piece }, i) =>
      i < line.length - 1 ? [...piece.clusters, ...piece.trailing] : piece.clusters,
    );
    const units = shapeLine(prepared.text, clusters, prepared.levels, prepared.weight, options.locale);
    return { units, width: units.reduce((sum, unit) => sum + unit.advance, 0) * scale };
  });
  const width = Math.max(0, ...shaped.map(line => line.width));
  const align = options.align ?? 'start';
  const toRight = align === 'right' || (align === 'start' && prepared.rightToLeft);

  const reading = shaped.flatMap(line => line.units).sort((a, b) => a.index - b.index);
  const order = new Map<ShapedUnit, number>(reading.map((unit, i) => [unit, i]));
  let ink = emptyBox;
  const lines = shaped.map((line, number): TextLine => {
    const y = (capHeight + number * lineHeight) * size;
    const x = toRight ? width - line.width : align === 'center' ? (width - line.width) / 2 : 0;
    let pen = x;
    const units = line.units.map((unit): TextUnit => {
      let path = '';
      let box = emptyBox;
      for (const glyph of unit.glyphs) {
        const drawn = outline(
          glyph.slice,
          prepared.weight,
          glyph.glyph,
          pen + glyph.dx * scale,
          y - glyph.dy * scale,
          scale,
        );
        path += drawn.path;
        box = join(box, drawn.box);
      }
      ink = join(ink, box);
      const place = { left: pen, right: pen, top: y, bottom: y };
      pen += unit.advance * scale;
      return { text: unit.text, order: order.get(unit) ?? 0, path, box: path ? box : place };
    });
    return { units, path: units.map(unit => unit.path).join(''), x, y, width: line.width };
  });

  if (ink.left > ink.right) ink = { left: 0, top: 0, right: 0, bottom: 0 };
  const lastBaseline = lines[lines.length - 1]?.y ?? 0;
  return {
    lines,
    width,
    height: simple ? lastBaseline : ink.bottom - ink.top,
    path: lines.map(line => line.path).join(''),
    ink,
    middle: simple ? lastBaseline / 2 : (ink.top + ink.bottom) / 2,
    fontSize: size,
    rightToLeft: prepared.rightToLeft,
  };
}
