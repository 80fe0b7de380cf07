import { describe, expect, test } from '@jest/globals';
import pc from 'picocolors';
import stringWidth from 'string-width';
import { fields, table } from './table.js';

const on = (columns?: number) => ({
  colours: pc.createColors(false),
  live: columns !== undefined,
  size: { columns: columns ?? 100, rows: 30 },
});
const COLUMNS = [
  { title: 'run' },
  { title: 'workflow', flexible: true },
  { title: 'empty' },
  { title: 'took', align: 'right' },
  { title: 'remark', flexible: true, dispensable: true },
] as const;
const ROWS = [
  ['a1', 'campaign.build', '', '0.4 s', 'no luck with the wheel of fortune'],
  ['b22', '夜のネオン', '', '12.0 s', ''],
];

describe('a table', () => {
  test('is as wide as its content, and leaves out what is empty', () => {
    expect(table(COLUMNS, ROWS, on())).toEqual([
      '  run  workflow          took  remark',
      '  a1   campaign.build   0.4 s  no luck with the wheel of fortune',
      '  b22  夜のネオン      12.0 s',
    ]);
  });

  test('gives way on a narrow terminal: first what may be cut, then what may be missing', () => {
    expect(table(COLUMNS, ROWS, on(56))[1]).toBe('  a1   campaign.build   0.4 s  no luck with the wheel …');
    expect(table(COLUMNS, ROWS, on(40))[1]).toBe('  a1   campaign.build   0.4 s');
    expect(table(COLUMNS, ROWS, on(26))[1]).toBe('  a1   campaign.…   0.4 s');
  });

  test.each([24, 33, 41, 60])('no line is wider than a terminal of %d columns', columns => {
    const widths = table(COLUMNS, ROWS, on(columns)).map(line => stringWidth(line));
    expect(Math.max(...widths)).toBeLessThan(columns);
  });
});

test('fields are aligned, and those without a value are left out', () => {
  const lines = fields(
    [
      ['Run', 'x'],
      ['Retry of', undefined],
      ['A rather long name', 'y'],
    ],
    on(),
  );
  expect(lines).toEqual(['  Run                 x', '  A rather long name  y']);
});
