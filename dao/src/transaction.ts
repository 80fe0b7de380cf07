import type { DataSource, EntityManager, QueryRunner } from 'typeorm';
import { DatabaseConnectionLostError } from './errors.js';

/**
 * Runs `work` in one transaction (READ COMMITTED): committed when it returns, rolled back when it throws. When a
 * statement has failed it throws that failure even if `work` caught it: PostgreSQL answers the COMMIT of such a
 * transaction with a silent ROLLBACK, and the caller would believe in rows that are not there.
 *
 * @param beforeCommit the last that is done in it, once all else went well
 * @throws DatabaseConnectionLostError when the connection went away between two statements.
 */
export async function inTransaction<T>(
  dataSource: DataSource,
  work: (manager: EntityManager) => Promise<T>,
  beforeCommit: () => Promise<void> = () => Promise.resolve(),
): Promise<T> {
  const queryRunner = dataSource.createQueryRunner();
  const firstFailure = watchStatements(queryRunner);
  try {
    await queryRunner.startTransaction();
    const result = await work(queryRunner.manager);
    const failure = firstFailure();
    if (failure) throw failure.error;
    await beforeCommit();
    await queryRunner.commitTransaction();
    return result;
  } catch (error) {
    // Read first: from here on the query runner is released in any case.
    const lost = queryRunner.isReleased;
    await queryRunner.rollbackTransaction().catch(() => undefined);
    throw lost && isReleasedError(error) ? new DatabaseConnectionLostError({ cause: error }) : error;
  } finally {
    await queryRunner.release();
  }
}

/** Notes the first statement that fails on this query runner. */
function watchStatements(queryRunner: QueryRunner): () => { error: unknown } | undefined {
  let failure: { error: unknown } | undefined;
  const query = queryRunner.query.bind(queryRunner) as (...parameters: unknown[]) => Promise<unknown>;
  const watched = async (...parameters: unknown[]) => {
    try {
      return await query(...parameters);
    } catch (error) {
      failure ??= { error };
      throw error;
    }
  };
  queryRunner.query = watched as QueryRunner['query'];
  return () => failure;
}

/** TypeORM releases a query runner whose connection breaks, and says only this about what comes after. */
function isReleasedError(error: unknown): boolean {
  return error instanceof Error && /^(QueryRunner|QueryRunnerProvider)AlreadyReleasedError$/.test(error.name);
}
