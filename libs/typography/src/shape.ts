import * as hb from 'harfbuzzjs';
import type { Cluster } from './clusters.js';
import type { Slice } from './slices.js';

/** A placed glyph within a unit; offsets in font units (1000 to the em), y upwards. */
export interface ShapedGlyph {
  readonly slice: Slice;
  readonly glyph: number;
  readonly dx: number;
  readonly dy: number;
}

/** What moves and breaks as one: a HarfBuzz cluster, or a whole word of a joining script. */
export interface ShapedUnit {
  /** Offset of its first character in the text, in UTF-16 units. */
  readonly index: number;
  readonly text: string;
  readonly advance: number;
  readonly glyphs: readonly ShapedGlyph[];
}

interface Run {
  readonly slice: Slice;
  readonly level: number;
  readonly start: number;
  end: number;
}

/** Scripts whose letters connect along a line: taking them apart would show the seams. */
const joining = /[\p{Script=Arabic}\p{Script=Devanagari}]/u;

function splitRuns(clusters: readonly Cluster[], levels: Uint8Array): Run[] {
  const runs: Run[] = [];
  for (const cluster of clusters) {
    const level = levels[cluster.index] ?? 0;
    const last = runs[runs.length - 1];
    const end = cluster.index + cluster.text.length;
    if (last && last.slice === cluster.slice && last.level === level) last.end = end;
    else runs.push({ slice: cluster.slice, level, start: cluster.index, end });
  }
  return runs;
}

/** Rule L2 of the Unicode Bidirectional Algorithm (UAX #9), on whole runs. */
function visualOrder(runs: Run[]): Run[] {
  const ordered = [...runs];
  const highest = Math.max(0, ...runs.map(run => run.level));
  for (let level = highest; level >= 1; level--) {
    for (let i = 0; i < ordered.length; i++) {
      if ((ordered[i]?.level ?? 0) < level) continue;
      let j = i;
      while (j < ordered.length && (ordered[j]?.level ?? 0) >= level) j++;
      ordered.splice(i, j - i, ...ordered.slice(i, j).reverse());
      i = j;
    }
  }
  return ordered;
}

function shapeRun(text: string, run: Run, weight: number, locale: string): ShapedUnit[] {
  const buffer = new hb.Buffer();
  // Only the run's own text: HarfBuzz would look past a line break for context, and join letters across it.
  const piece = text.slice(run.start, run.end).replace(/\s/gu, ' ');
  buffer.addText(piece);
  buffer.setDirection(run.level % 2 ? hb.Direction.RTL : hb.Direction.LTR);
  buffer.setLanguage(locale);
  buffer.guessSegmentProperties();
  hb.shape(run.slice.font(weight), buffer);
  const infos = buffer.getGlyphInfos();
  const positions = buffer.getGlyphPositions();

  const starts = [...new Set(infos.map(info => info.cluster))].sort((a, b) => a - b);
  const endOf = (cluster: number) => starts[starts.indexOf(cluster) + 1] ?? piece.length;
  const units: { index: number; text: string; advance: number; glyphs: ShapedGlyph[]; word: boolean }[] = [];
  infos.forEach((info, i) => {
    const position = positions[i];
    if (!position) return;
    const own = piece.slice(info.cluster, endOf(info.cluster));
    const word = joining.test(own);
    let unit = units[units.length - 1];
    const same = infos[i - 1]?.cluster === info.cluster;
    if (!unit || !(same || (unit.word && word))) {
      unit = { index: run.start + info.cluster, text: own, advance: 0, glyphs: [], word };
      units.push(unit);
    } else if (!same) {
      // Glyphs come in visual order, so in a right-to-left run each next cluster stands before the unit so far.
      unit.text = run.level % 2 ? own + unit.text : unit.text + own;
      unit.index = Math.min(unit.index, run.start + info.cluster);
    }
    unit.glyphs.push({
      slice: run.slice,
      glyph: info.codepoint,
      dx: unit.advance + position.xOffset,
      dy: position.yOffset,
    });
    unit.advance += position.xAdvance;
  });
  return units.map(({ index, text: own, advance, glyphs }) => ({ index, text: own, advance, glyphs }));
}

/**
 * Shapes one line.
 *
 * @param levels embedding level per UTF-16 unit of the text
 * @returns units in visual order, left to right
 */
export function shapeLine(
  text: string,
  clusters: readonly Cluster[],
  levels: Uint8Array,
  weight: number,
  locale: string,
): ShapedUnit[] {
  return visualOrder(splitRuns(clusters, levels)).flatMap(run => shapeRun(text, run, weight, locale));
}
