import 'reflect-metadata';
import { DataSource, MigrationExecutor } from 'typeorm';
import { entities } from './entities/index.js';
import { migrations } from './migrations/index.js';

/** How to reach PostgreSQL. */
export interface DataSourceSettings {
  /** `postgres://user:password@host:port/database`. */
  url: string;
  /** Connections at most; 10 unless told. */
  poolSize?: number;
  /** Prints every statement. */
  logging?: boolean;
  /** How long to wait for a connection before the database counts as unavailable, in ms; 5,000 unless told. */
  connectTimeoutMs?: number;
  /** How long to wait for the answer to a statement, in ms; for ever unless told. */
  queryTimeoutMs?: number;
  /** What `pg_stat_activity` shows. */
  applicationName?: string;
}

/** Any fixed number, the same in every process that migrates. */
const MIGRATION_LOCK = 0x43616972;

/** A data source with all entities and migrations; the caller initializes and destroys it. */
export function createDataSource(settings: DataSourceSettings): DataSource {
  return new DataSource({
    type: 'postgres',
    url: settings.url,
    poolSize: settings.poolSize ?? 10,
    connectTimeoutMS: settings.connectTimeoutMs ?? 5000,
    applicationName: settings.applicationName ?? 'cairn',
    entities,
    migrations,
    migrationsTableName: 'cairn_migration',
    synchronize: false,
    logging: settings.logging ?? false,
    // A process that hangs in a transaction must not keep its locks, nor another wait for them for ever.
    extra: {
      keepAlive: true,
      // Statements that are not awaited one by one are sent together.
      pipeline: true,
      ...(settings.queryTimeoutMs !== undefined && { query_timeout: settings.queryTimeoutMs }),
      options: '-c idle_in_transaction_session_timeout=60s -c lock_timeout=30s',
    },
  });
}

/**
 * Brings the schema up to date. API and worker start together, so this holds an advisory lock; it and all migrations
 * are one transaction, so a process that dies leaves neither a lock nor half a schema.
 *
 * @returns the names of the migrations that ran, none when the schema was current.
 */
export async function migrate(dataSource: DataSource): Promise<string[]> {
  const queryRunner = dataSource.createQueryRunner();
  try {
    await queryRunner.startTransaction();
    await queryRunner.query(`SET LOCAL lock_timeout = '60s'`);
    await queryRunner.query('SELECT pg_advisory_xact_lock($1)', [MIGRATION_LOCK]);
    const executor = new MigrationExecutor(dataSource, queryRunner);
    executor.transaction = 'none';
    const done = await executor.executePendingMigrations();
    await queryRunner.commitTransaction();
    return done.map(migration => migration.name);
  } catch (error) {
    if (queryRunner.isTransactionActive) await queryRunner.rollbackTransaction().catch(() => undefined);
    throw error;
  } finally {
    await queryRunner.release();
  }
}
