import type { DataSource } from 'typeorm';

/** Connections of a process to PostgreSQL. */
export interface PoolState {
  readonly most: number;
  readonly open: number;
  /** Of those that are open: not in use. */
  readonly idle: number;
  /** Who waits for one. */
  readonly waiting: number;
}

/** The part of a pool of `pg` that is read here. */
interface PgPool {
  readonly totalCount: number;
  readonly idleCount: number;
  readonly waitingCount: number;
  readonly options: { readonly max: number };
}

/** How the pool of a data source stands; undefined while it is not connected. */
export function poolState(dataSource: DataSource): PoolState | undefined {
  const { master } = dataSource.driver as unknown as { readonly master?: PgPool };
  if (!master) return undefined;
  const { totalCount: open, idleCount: idle, waitingCount: waiting, options } = master;
  return { most: options.max, open, idle, waiting };
}
