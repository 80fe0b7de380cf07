import { type AddressInfo, createServer } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createDataSource } from './data-source.js';
import { isDatabaseUnavailable, isUniqueViolation } from './errors.js';
import { repositories, transaction } from './repositories/index.js';
import { createMigratedTestDatabase, newRun } from './testing/index.js';

let database: Awaited<ReturnType<typeof createMigratedTestDatabase>>;

beforeAll(async () => {
  database = await createMigratedTestDatabase();
});

afterAll(() => database.drop());

async function failure(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => 'no failure',
    (error: unknown) => error,
  );
}

describe('isDatabaseUnavailable, with a real database', () => {
  test('nothing listens', async () => {
    const error = await failure(createDataSource({ url: 'postgres://u:p@127.0.0.1:1/none' }).initialize());
    expect(error).toMatchObject({ code: 'ECONNREFUSED' });
    expect(isDatabaseUnavailable(error)).toBe(true);
  });

  test('something listens and never answers', async () => {
    const silent = createServer();
    await new Promise<void>(resolve => silent.listen(0, '127.0.0.1', resolve));
    silent.on('connection', socket => socket.unref());
    const { port } = silent.address() as AddressInfo;
    const url = `postgres://u:p@127.0.0.1:${port}/none`;
    const error = await failure(createDataSource({ url, connectTimeoutMs: 50 }).initialize());
    silent.close();
    expect([error, isDatabaseUnavailable(error)]).toEqual([expect.anything(), true]);
  });

  test('the connection is killed during a statement', async () => {
    const victim = await createDataSource({ url: database.url, poolSize: 1 }).initialize();
    try {
      const error = await failure(victim.query('SELECT pg_terminate_backend(pg_backend_pid())'));
      expect([error, isDatabaseUnavailable(error)]).toEqual([expect.anything(), true]);
    } finally {
      await victim.destroy();
    }
  });

  test.each(['another statement', 'the commit'])(
    'the connection is lost inside a transaction before %s, and the next transaction works',
    async before => {
      const victim = await createDataSource({ url: database.url, poolSize: 1 }).initialize();
      try {
        const run = newRun();
        const error = await failure(
          transaction(victim, async tx => {
            await tx.runs.insertRun(run);
            await database.dataSource.query(
              `SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity
                WHERE datname = current_database() AND state = 'idle in transaction'`,
            );
            if (before === 'another statement') await tx.runs.getRun('acme', run.id);
          }),
        );
        expect([error, isDatabaseUnavailable(error)]).toEqual([expect.anything(), true]);
        expect(await transaction(victim, tx => tx.runs.getRun('acme', run.id))).toBeNull();
      } finally {
        await victim.destroy();
      }
    },
  );

  test('all connections are taken for too long', async () => {
    const small = await createDataSource({
      url: database.url,
      poolSize: 1,
      connectTimeoutMs: 1_000,
    }).initialize();
    const holder = small.createQueryRunner();
    try {
      await holder.connect();
      const error = await failure(repositories(small).runs.getRun('acme', newRun().id));
      expect([error, isDatabaseUnavailable(error)]).toEqual([expect.anything(), true]);
    } finally {
      await holder.release();
      await small.destroy();
    }
  });

  test('the data source is closed', async () => {
    const closed = await createDataSource({ url: database.url, poolSize: 1 }).initialize();
    await closed.destroy();
    const error = await failure(repositories(closed).runs.getRun('acme', newRun().id));
    expect([error, isDatabaseUnavailable(error)]).toEqual([expect.anything(), true]);
  });

  test('a statement that the database refuses is another matter', async () => {
    const error = await failure(database.dataSource.query('SELECT nonsense'));
    expect(error).toMatchObject({ code: '42703' });
    expect(isDatabaseUnavailable(error)).toBe(false);
  });
});

test.each([
  { code: '57P01' },
  { code: '57P03' },
  { code: '55P03' },
  { code: '25P03' },
  { code: '08006' },
  { driverError: { code: 'ECONNRESET' } },
  { cause: { cause: { code: '08001' } } },
  { errors: [{ code: 'ECONNREFUSED' }, {}] },
  { message: 'Connection terminated unexpectedly' },
  { message: 'timeout exceeded when trying to connect' },
])('%j is a database that is unavailable', error => {
  expect(isDatabaseUnavailable(error)).toBe(true);
});

test.each([null, undefined, 'ECONNREFUSED', {}, { code: '23505' }, { code: '57014' }, { code: 'ENOENT' }])(
  '%j is not',
  error => {
    expect(isDatabaseUnavailable(error)).toBe(false);
  },
);

test('a chain that bites its tail ends', () => {
  const error: { cause?: unknown } = {};
  error.cause = { driverError: error };
  expect(isDatabaseUnavailable(error)).toBe(false);
});

test('a unique violation is known by its constraint', async () => {
  const run = newRun();
  const { runs } = repositories(database.dataSource);
  await runs.insertRun(run);
  const error = await failure(runs.insertRun(run));
  expect(isUniqueViolation(error)).toBe(true);
  expect(isUniqueViolation(error, 'run_pkey')).toBe(true);
  expect(isUniqueViolation(error, 'run_tenant_idempotency_key')).toBe(false);
});
