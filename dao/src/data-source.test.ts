import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { DataSource } from 'typeorm';
import { createDataSource, migrate } from './data-source.js';
import { Artifact } from './entities/artifact.entity.js';
import { CACHE_SCOPES, RUN_STATUSES, RUN_STEP_STATUSES, STEP_REASONS } from './entities/status.js';
import { migrations } from './migrations/index.js';
import { createTestDatabase, type TestDatabase } from './testing/index.js';

let database: TestDatabase;
let dataSource: DataSource;

beforeAll(async () => {
  database = await createTestDatabase();
  dataSource = await createDataSource({ url: database.url }).initialize();
});

afterAll(async () => {
  await dataSource.destroy();
  await database.drop();
});

beforeEach(() => dataSource.query('DROP SCHEMA "public" CASCADE; CREATE SCHEMA "public"'));

async function drift(): Promise<string[]> {
  const log = await dataSource.driver.createSchemaBuilder().log();
  return log.upQueries.map(({ query }) => query.replace(/\s+/g, ' ').trim()).sort();
}

describe('migrations', () => {
  test('make exactly the schema that the entities describe', async () => {
    expect(await migrate(dataSource)).toEqual(migrations.map(({ name }) => name));
    expect(await drift()).toEqual([]);
  });

  test('the comparison sees a column, a constraint and an index that differ', async () => {
    await migrate(dataSource);
    await dataSource.query('ALTER TABLE "run" DROP COLUMN "requestDigest"');
    await dataSource.query('ALTER TABLE "artifact" DROP CONSTRAINT "artifact_content_hash_check"');
    await dataSource.query('DROP INDEX "step_cache_tenant_skill_idx"');
    expect(await drift()).toEqual([
      `ALTER TABLE "artifact" ADD CONSTRAINT "artifact_content_hash_check" CHECK ("contentHash" ~ '^sha256:[0-9a-f]{64}$')`,
      'ALTER TABLE "run" ADD "requestDigest" text',
      'CREATE INDEX "step_cache_tenant_skill_idx" ON "step_cache" ("tenantId", "skillId")',
    ]);
  });

  test('run once when several processes start together', async () => {
    const others = await Promise.all(
      [1, 2, 3].map(() => createDataSource({ url: database.url, poolSize: 1 }).initialize()),
    );
    try {
      const ran = await Promise.all(others.map(migrate));
      expect(ran.flat()).toEqual(migrations.map(({ name }) => name));
    } finally {
      await Promise.all(others.map(other => other.destroy()));
    }
  });

  test('leave nothing behind when one fails', async () => {
    await dataSource.query('CREATE TABLE "step_cache" ("mine" int)');
    await expect(migrate(dataSource)).rejects.toMatchObject({ code: '42P07' });
    const tables = await dataSource.query<{ tablename: string }[]>(
      `SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename`,
    );
    expect(tables).toEqual([{ tablename: 'step_cache' }]);
  });

  test('can be undone', async () => {
    await migrate(dataSource);
    for (const _ of migrations) await dataSource.undoLastMigration({ transaction: 'all' });
    const tables = await dataSource.query<{ tablename: string }[]>(
      `SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename`,
    );
    expect(tables.map(table => table.tablename)).toEqual(['cairn_migration']);
  });
});

test('no session waits for a lock, or idles in a transaction, for ever', async () => {
  const settings = ['lock_timeout', 'idle_in_transaction_session_timeout'];
  const [row] = await dataSource.query<{ waits: string; idles: string }[]>(
    `SELECT current_setting($1) AS waits, current_setting($2) AS idles`,
    settings,
  );
  expect(row).toEqual({ waits: '30s', idles: '1min' });
});

describe('the checks of the schema', () => {
  /** The values a CHECK lists, as PostgreSQL wrote it down. */
  async function listedBy(constraint: string): Promise<string[]> {
    const [row] = await dataSource.query<{ definition: string }[]>(
      `SELECT pg_get_constraintdef(oid) AS definition FROM pg_constraint WHERE conname = $1`,
      [constraint],
    );
    return [...(row?.definition ?? '').matchAll(/'([a-z_]+)'::text/g)].map(match => match[1] ?? '');
  }

  test.each([
    { constraint: 'run_status_check', values: RUN_STATUSES },
    { constraint: 'run_step_status_check', values: RUN_STEP_STATUSES },
    { constraint: 'run_step_reason_check', values: STEP_REASONS },
    { constraint: 'step_cache_scope_check', values: CACHE_SCOPES },
  ])('$constraint lists what the code knows', async ({ constraint, values }) => {
    await migrate(dataSource);
    expect(await listedBy(constraint)).toEqual([...values]);
  });

  test('the fields of the record are the columns of the table', async () => {
    await migrate(dataSource);
    const columns = await dataSource.query<{ column_name: string }[]>(
      `SELECT column_name FROM information_schema.columns WHERE table_name = 'artifact'`,
    );
    expect(columns.map(column => column.column_name).sort()).toEqual(
      dataSource
        .getMetadata(Artifact)
        .columns.map(column => column.propertyName)
        .sort(),
    );
  });
});
