import { randomBytes } from 'node:crypto';
import { DataSource } from 'typeorm';
import { createDataSource, migrate } from '../data-source.js';
import { startTestServer, type TestServer } from './test-server.js';

/** A database of one test file. */
export interface TestDatabase {
  url: string;
  /** Deletes it, closing what is still connected. */
  drop(): Promise<void>;
}

/** A server that this process started because nobody offered one, and the databases on it. */
let own: { server: Promise<TestServer>; databases: number } | undefined;

/**
 * An empty database on the server of CAIRN_TEST_DATABASE_URL (a superuser's URL); without that variable, on a server
 * that starts with the first database and stops with the last.
 */
export async function createTestDatabase(): Promise<TestDatabase> {
  const given = process.env.CAIRN_TEST_DATABASE_URL;
  const adminUrl = given ?? (await borrowServer());
  const name = `cairn_test_${process.pid}_${randomBytes(6).toString('hex')}`;
  await administer(adminUrl, `CREATE DATABASE "${name}"`);
  const url = new URL(adminUrl);
  url.pathname = `/${name}`;
  return {
    url: url.href,
    drop: async () => {
      await administer(adminUrl, `DROP DATABASE IF EXISTS "${name}" WITH (FORCE)`);
      if (!given) await returnServer();
    },
  };
}

/** A database with the current schema and an open data source; `drop` closes it too. */
export async function createMigratedTestDatabase(): Promise<TestDatabase & { dataSource: DataSource }> {
  const database = await createTestDatabase();
  const dataSource = await createDataSource({ url: database.url, poolSize: 5 }).initialize();
  await migrate(dataSource);
  return {
    url: database.url,
    dataSource,
    drop: async () => {
      if (dataSource.isInitialized) await dataSource.destroy();
      await database.drop();
    },
  };
}

async function administer(url: string, sql: string): Promise<void> {
  const admin = await new DataSource({ type: 'postgres', url, poolSize: 1 }).initialize();
  try {
    await admin.query(sql);
  } finally {
    await admin.destroy();
  }
}

async function borrowServer(): Promise<string> {
  own ??= { server: startTestServer(), databases: 0 };
  own.databases += 1;
  return (await own.server).url;
}

async function returnServer(): Promise<void> {
  if (!own) return;
  own.databases -= 1;
  if (own.databases > 0) return;
  const { server } = own;
  own = undefined;
  await (await server).stop();
}
