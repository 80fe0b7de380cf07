import { createTestDatabase, type TestDatabase } from '@cairn/dao/testing';
import { createDataSource, migrate, type DataSource } from '@cairn/dao';

/**
 * A copy of a database as it is at one instant, while others write to it: what `pg_dump` and its restore do, by means
 * that need no programs of PostgreSQL's.
 */
export async function copyDatabase(source: DataSource): Promise<TestDatabase> {
  const copy = await createTestDatabase();
  const target = await createDataSource({ url: copy.url, poolSize: 1 }).initialize();
  try {
    await migrate(target);
    await source.transaction('REPEATABLE READ', async from => {
      const tables = await from.query<{ name: string; columns: string }[]>(COLUMNS);
      await target.transaction(async into => {
        // As a restore does: rows come table by table, whatever they refer to.
        await into.query(`SET LOCAL session_replication_role = 'replica'`);
        for (const { name, columns } of tables) {
          const rows = await from.query<{ row: string }[]>(
            `SELECT to_jsonb("each")::text AS "row" FROM "${name}" AS "each"`,
          );
          await into.query(`DELETE FROM "${name}"`);
          for (let at = 0; at < rows.length; at += 500)
            await into.query(
              `INSERT INTO "${name}" (${columns}) OVERRIDING SYSTEM VALUE
               SELECT ${columns} FROM jsonb_populate_recordset(NULL::"${name}", $1::jsonb)`,
              [
                `[${rows
                  .slice(at, at + 500)
                  .map(({ row }) => row)
                  .join(',')}]`,
              ],
            );
        }
        const sequences = await from.query<{ name: string; last: string }[]>(SEQUENCES);
        for (const { name, last } of sequences) await into.query('SELECT setval($1, $2)', [name, last]);
      });
    });
  } finally {
    await target.destroy();
  }
  return copy;
}

/** Tables with the columns that are written, not computed. */
const COLUMNS = `
  SELECT "table_name" AS "name", string_agg(quote_ident("column_name"), ', ' ORDER BY "ordinal_position") AS "columns"
    FROM information_schema.columns JOIN information_schema.tables USING ("table_schema", "table_name")
   WHERE "table_schema" = 'public' AND "table_type" = 'BASE TABLE' AND "is_generated" = 'NEVER'
   GROUP BY "table_name" ORDER BY "table_name"`;
const SEQUENCES = `
  SELECT quote_ident("sequencename") AS "name", "last_value" AS "last"
    FROM pg_sequences WHERE "schemaname" = 'public' AND "last_value" IS NOT NULL`;
