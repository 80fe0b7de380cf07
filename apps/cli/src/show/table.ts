import stringWidth from 'string-width';
import { fit, padEnd, padStart } from './format.js';
import type { Screen } from './screen.js';

export interface Column {
  readonly title: string;
  readonly align?: 'right';
  /** Gives way when the terminal is too narrow: cut, with an ellipsis. */
  readonly flexible?: true;
}

const GAP = '  ';

/**
 * Lines of a table: a dim line of titles, and a row each, as wide as their content. A column in which nothing stands is
 * left out. On a terminal the flexible columns make room, so that no row is broken.
 * @param rows cells, which may be coloured, one for each column
 */
export function table(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  screen: Pick<Screen, 'colours' | 'live' | 'size'>,
): string[] {
  const used = columns
    .map((column, index) => ({ column, index }))
    .filter(({ index }) => rows.some(row => row[index]));
  const widths = used.map(({ column, index }) =>
    Math.max(stringWidth(column.title), ...rows.map(row => stringWidth(row[index] ?? ''))),
  );
  if (screen.live)
    makeRoom(
      widths,
      used.map(({ column }) => column),
      screen.size.columns - 1,
    );
  const line = (cells: readonly string[]) =>
    `  ${cells
      .map((cell, at) => {
        const width = widths[at] ?? 0;
        const cut = fit(cell, width);
        return used[at]?.column.align === 'right' ? padStart(cut, width) : padEnd(cut, width);
      })
      .join(GAP)}`.trimEnd();
  return [
    screen.colours.dim(line(used.map(({ column }) => column.title))),
    ...rows.map(row => line(used.map(({ index }) => row[index] ?? ''))),
  ];
}

/** Takes what is too much from the flexible columns, from the widest first. */
function makeRoom(widths: number[], columns: readonly Column[], room: number): void {
  let excess = widths.reduce((sum, width) => sum + width + GAP.length, 0) - room;
  while (excess > 0) {
    const candidates = columns.flatMap(({ flexible, title }, at) =>
      flexible && widths[at]! > Math.max(8, stringWidth(title)) ? [at] : [],
    );
    const widest = candidates.sort((a, b) => widths[b]! - widths[a]!)[0];
    if (widest === undefined) return;
    widths[widest]!--;
    excess--;
  }
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
