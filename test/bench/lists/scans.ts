import type { DataSource } from '@cairn/dao';

/** How often a table was read from its beginning to its end, and by an index. */
export interface Scans {
  readonly whole: number;
  readonly byIndex: number;
}

/** The scans of a table since the statistics were begun, once those of other sessions are told. */
export async function scansOf(dataSource: DataSource, table: string): Promise<Scans> {
  await dataSource.query('SELECT pg_stat_force_next_flush()');
  const [row] = await dataSource.query<[{ whole: string; by_index: string }]>(
    `SELECT seq_scan AS "whole", COALESCE(idx_scan, 0) AS "by_index" FROM pg_stat_user_tables WHERE relname = $1`,
    [table],
  );
  return { whole: Number(row.whole), byIndex: Number(row.by_index) };
}
