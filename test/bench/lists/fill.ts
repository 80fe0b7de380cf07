import type { DataSource } from '@cairn/dao';

/** A session of a data source. */
type QueryRunner = ReturnType<DataSource['createQueryRunner']>;

/** What a database is filled with. */
export interface Filling {
  readonly runs: number;
  /** The share of the runs that are of the tenant whose lists are read. */
  readonly share: number;
}

/**
 * Copies a run that was executed, with its steps, artifacts and cache entries, over the last year: nine runs in ten of
 * them completed, some failed, few cancelled; ended all of them, so that nobody does anything about them. The
 * statistics of the tables are made anew.
 */
export async function fill(dataSource: DataSource, model: string, { runs, share }: Filling): Promise<void> {
  // One session: what it holds and how it writes is its own.
  const session = dataSource.createQueryRunner();
  // Every row refers to one that was just written.
  await session.query(`SET session_replication_role = replica`);
  await session.query(`SET synchronous_commit = off`);
  await session.query(
    `CREATE TABLE "bench_run" AS
       SELECT "n", gen_random_uuid() AS "id",
              CASE WHEN random() < $2::float8 THEN 'local' ELSE 'other-' || ("n" % 50) END AS "tenantId",
              CASE WHEN "n" % 100 < 90 THEN 'completed' WHEN "n" % 100 < 98 THEN 'failed' ELSE 'cancelled' END AS "status",
              now() - ("n" * interval '365 days' / $1::int) AS "createdAt"
         FROM generate_series(1, $1::int) AS "n"`,
    [runs, share],
  );
  await session.query(`ALTER TABLE "bench_run" ADD PRIMARY KEY ("id")`);
  await copy(session, 'run', `"from"."id" = '${model}'`, {
    ...{ id: '"b"."id"', rootRunId: '"b"."id"', tenantId: '"b"."tenantId"', status: '"b"."status"' },
    temporalWorkflowId: `'run-' || "b"."id"`,
    ...{ createdAt: '"b"."createdAt"', updatedAt: '"b"."createdAt"', startedAt: '"b"."createdAt"' },
    completedAt: `"b"."createdAt" + interval '5 seconds'`,
    error: `CASE WHEN "b"."status" <> 'completed' THEN 'e: the service did not answer' END`,
    errorCode: `CASE WHEN "b"."status" <> 'completed' THEN 'AWAY' END`,
  });
  await copy(session, 'run_step', `"from"."runId" = '${model}'`, {
    ...{ id: 'gen_random_uuid()', runId: '"b"."id"', tenantId: '"b"."tenantId"' },
    cacheKey: `"from"."cacheKey" || "b"."n"`,
    ...{ createdAt: '"b"."createdAt"', updatedAt: '"b"."createdAt"', startedAt: '"b"."createdAt"' },
    completedAt: `"b"."createdAt" + interval '5 seconds'`,
  });
  await copy(session, 'artifact', `"from"."runId" = '${model}' AND "b"."n" % 9 = 0`, {
    ...{
      id: 'gen_random_uuid()',
      runId: '"b"."id"',
      tenantId: '"b"."tenantId"',
      createdAt: '"b"."createdAt"',
    },
    contentHash: `'sha256:' || encode(sha256(("from"."contentHash" || "b"."n")::bytea), 'hex')`,
  });
  await copy(session, 'step_cache', `"from"."runId" = '${model}' AND "b"."n" % 9 = 0`, {
    ...{
      id: 'gen_random_uuid()',
      runId: '"b"."id"',
      tenantId: '"b"."tenantId"',
      createdAt: '"b"."createdAt"',
    },
    cacheKey: `"from"."cacheKey" || "b"."n"`,
  });
  await session.query('DROP TABLE "bench_run"');
  for (const table of ['run', 'run_step', 'artifact', 'step_cache'])
    await session.query(`VACUUM (ANALYZE) "${table}"`);
  await session.query('RESET ALL');
  await session.release();
}

/** One row for each row of the model and each new run; columns that are not named stay as they are. */
async function copy(
  session: QueryRunner,
  table: string,
  which: string,
  changed: Readonly<Record<string, string>>,
): Promise<void> {
  const columns: readonly { name: string }[] = await session.query(
    `SELECT column_name AS "name" FROM information_schema.columns
      WHERE table_schema = 'public' AND table_name = $1 AND is_generated = 'NEVER'`,
    [table],
  );
  const names = columns.map(({ name }) => name);
  const values = names.map(name => changed[name] ?? `"from"."${name}"`);
  await session.query(
    `INSERT INTO "${table}" (${names.map(name => `"${name}"`).join(', ')})
     SELECT ${values.join(', ')} FROM "bench_run" AS "b" CROSS JOIN "${table}" AS "from" WHERE ${which}`,
  );
}
