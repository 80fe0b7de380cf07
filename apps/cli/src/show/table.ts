import stringWidth from 'string-width';
import { fit, padEnd, padStart } from './format.js';
import type { Screen } from './screen.js';

export interface Column {
  readonly title: string;
  readonly align?: 'right';
  /** Gives way when the terminal is too narrow: cut, with an ellipsis. */
  readonly flexible?: true;
  /** Left out when the terminal is too narrow for all. */
  readonly dispensable?: true;
}

const GAP = '  ';
/** To this width flexible columns are cut before others are left out; and to this when nothing else helps. */
const COMFORTABLE = 16;
const LEAST = 8;

/** A column as it is set: which cell it shows, and how wide. */
interface Placed {
  readonly column: Column;
  readonly index: number;
  width: number;
}

/**
 * Lines of a table: a dim line of titles, and a row each, as wide as their content. A column in which nothing stands is
 * left out. On a terminal flexible columns are cut and dispensable ones left out, so that no row is broken.
 * @param rows cells, which may be coloured, one for each column
 */
export function table(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  screen: Pick<Screen, 'colours' | 'live' | 'size'>,
): string[] {
  const all = columns.flatMap((column, index): Placed[] => {
    const width = Math.max(...rows.map(row => stringWidth(row[index] ?? '')), 0);
    return width > 0 ? [{ column, index, width: Math.max(width, column.title.length) }] : [];
  });
  const set = screen.live ? fitting(all, screen.size.columns - 1) : all;
  const line = (cellOf: (one: Placed) => string) =>
    set
      .map(one => {
        const cut = fit(cellOf(one), one.width);
        return GAP + (one.column.align === 'right' ? padStart(cut, one.width) : padEnd(cut, one.width));
      })
      .join('')
      .trimEnd();
  return [
    screen.colours.dim(line(({ column }) => column.title)),
    ...rows.map(row => line(({ index }) => row[index] ?? '')),
  ];
}

/** The columns that there is room for: the last dispensable one goes when cutting the flexible ones is not enough. */
function fitting(columns: readonly Placed[], room: number): readonly Placed[] {
  const last = columns.findLast(({ column }) => column.dispensable);
  const cut = columns.map(one => ({ ...one }));
  if (cutTo(last ? COMFORTABLE : LEAST, cut, room) || !last) return cut;
  return fitting(
    columns.filter(one => one !== last),
    room,
  );
}

/** Takes what is too much from the flexible columns, from the widest first. @returns whether it is enough */
function cutTo(least: number, columns: readonly Placed[], room: number): boolean {
  let excess = columns.reduce((sum, { width }) => sum + GAP.length + width, 0) - room;
  while (excess > 0) {
    const [widest] = columns
      .filter(({ column, width }) => column.flexible && width > Math.max(least, column.title.length))
      .sort((a, b) => b.width - a.width);
    if (!widest) return false;
    widest.width--;
    excess--;
  }
  return true;
}

/** Lines of names and values, the names dim and of one width; those without a value are left out. */
export function fields(
  pairs: readonly (readonly [name: string, value: string | undefined])[],
  { colours }: Pick<Screen, 'colours'>,
): string[] {
  const shown = pairs.filter(([, value]) => value !== undefined && value !== '');
  const width = Math.max(12, ...shown.map(([name]) => name.length)) + 2;
  return shown.map(([name, value]) => `  ${colours.dim(name.padEnd(width))}${value}`);
}
