import type { DataSource } from 'typeorm';
import { inTransaction } from './transaction.js';

/** Any fixed number, the same in every process that collects. */
const COLLECTION_LOCK = 0x43616973;

/**
 * Does `work` unless somebody, in whatever process, is at it in this database. The lock needs a connection of its own
 * for as long as the work takes; should that be lost, another may begin: `work` must bear it.
 *
 * @returns what `work` returns; null when somebody is at it.
 * @throws what `work` throws; DatabaseConnectionLostError when the connection with the lock was lost.
 */
export async function unlessCollecting<T>(
  dataSource: DataSource,
  work: () => Promise<T>,
): Promise<{ readonly result: T } | null> {
  return inTransaction(dataSource, async manager => {
    // It stands idle by design. It has read nothing, so it keeps no row version alive.
    await manager.query(`SET LOCAL idle_in_transaction_session_timeout = 0`);
    const [row] = await manager.query<[{ mine: boolean }]>('SELECT pg_try_advisory_xact_lock($1) AS "mine"', [
      COLLECTION_LOCK,
    ]);
    return row.mine ? { result: await work() } : null;
  });
}
