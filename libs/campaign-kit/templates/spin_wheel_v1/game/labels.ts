/** A label broken into lines, with the size at which all of it fits. */
export interface FittedLabel {
  readonly lines: readonly string[];
  readonly size: number;
}

const LINE_HEIGHT = 1.08;
const MEASURED_AT = 100;

/** Splits a text where a line may break: between words, or between characters where a script has no spaces. */
function pieces(text: string, locale: string): string[] {
  if (!('Segmenter' in Intl)) return text.split(/(?<=\s)/);
  const parts: string[] = [];
  for (const { segment, isWordLike } of new Intl.Segmenter(locale, { granularity: 'word' }).segment(text)) {
    // Punctuation and spaces stay with the word before them.
    if (isWordLike || parts.length === 0) parts.push(segment);
    else parts[parts.length - 1] += segment;
  }
  return parts;
}

/** Fills lines of about equal length; `undefined` when there are fewer pieces than lines. */
function breakInto(
  count: number,
  parts: readonly string[],
  width: (text: string) => number,
): string[] | undefined {
  if (parts.length < count) return undefined;
  const ideal = width(parts.join('')) / count;
  const lines: string[] = [];
  let line = '';
  for (const [i, part] of parts.entries()) {
    const left = parts.length - i;
    const open = count - lines.length;
    const full = line !== '' && (width(line + part) - ideal > ideal - width(line) || left < open);
    if (full && open > 1) {
      lines.push(line.trim());
      line = '';
    }
    line += part;
  }
  lines.push(line.trim());
  return lines.length === count ? lines : undefined;
}

/**
 * The largest way to set a label into a box, in up to three lines.
 * @param font a CSS font family; @param box width, height and the largest font size, all in one unit
 */
export function fitLabel(
  text: string,
  font: string,
  locale: string,
  box: { readonly width: number; readonly height: number; readonly largest: number },
): FittedLabel {
  const context = document.createElement('canvas').getContext('2d');
  const width = (s: string) => {
    if (!context) return s.length * MEASURED_AT * 0.6;
    context.font = `700 ${MEASURED_AT}px ${font}`;
    return context.measureText(s).width;
  };
  const parts = pieces(text, locale);
  let best: FittedLabel = { lines: [text], size: 0 };
  for (const count of [1, 2, 3]) {
    const lines = breakInto(count, parts, width);
    if (!lines) continue;
    const widest = Math.max(...lines.map(width)) / MEASURED_AT;
    const size = Math.min(
      box.largest,
      box.width / Math.max(widest, 0.01),
      box.height / (count * LINE_HEIGHT),
    );
    if (size > best.size * 1.04) best = { lines, size };
  }
  return best;
}

/** The offsets of the lines' middles from the box's middle, in the unit of the size. */
export function lineOffsets(label: FittedLabel): number[] {
  return label.lines.map((_, i) => (i - (label.lines.length - 1) / 2) * label.size * LINE_HEIGHT);
}
