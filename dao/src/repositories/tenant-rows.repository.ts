import type { EntityManager } from 'typeorm';
import { returning } from './sql.js';

/** All that is a tenant's, in whatever table it is. */
export class TenantRowsRepository {
  constructor(private readonly manager: EntityManager) {}

  /** The tables with rows of tenants, in an order in which they can be emptied: what refers to others first. */
  async tables(): Promise<string[]> {
    const rows = await this.manager.query<{ table: string; refersTo: string[] }[]>(
      `SELECT "c"."relname" AS "table",
              ARRAY(SELECT "to"."relname"::text FROM pg_constraint AS "f" JOIN pg_class AS "to" ON "to"."oid" = "f"."confrelid"
                     WHERE "f"."conrelid" = "c"."oid" AND "f"."contype" = 'f' AND "f"."confrelid" <> "c"."oid") AS "refersTo"
         FROM pg_class AS "c" JOIN pg_attribute AS "a" ON "a"."attrelid" = "c"."oid"
        WHERE "c"."relkind" = 'r' AND "c"."relnamespace" = current_schema()::regnamespace
          AND "a"."attname" = 'tenantId' AND NOT "a"."attisdropped"
        ORDER BY "c"."relname"`,
    );
    const left = new Map(rows.map(({ table, refersTo }) => [table, refersTo]));
    const ordered: string[] = [];
    while (left.size > 0) {
      const free = [...left.keys()].filter(table =>
        [...left].every(([other, refersTo]) => other === table || !refersTo.includes(table)),
      );
      if (free.length === 0) throw new Error(`tables refer to each other: ${[...left.keys()].join(', ')}`);
      ordered.push(...free);
      for (const table of free) left.delete(table);
    }
    return ordered;
  }

  /** Deletes rows of a tenant from one of {@link tables}. @returns how many; less than `limit` when none is left */
  async deleteSome(table: string, tenantId: string, limit: number): Promise<number> {
    const rows = await returning<unknown>(
      this.manager,
      `DELETE FROM "${table.replaceAll('"', '""')}" WHERE ctid = ANY(ARRAY(
         SELECT ctid FROM "${table.replaceAll('"', '""')}" WHERE "tenantId" = $1 LIMIT $2)) RETURNING 1`,
      [tenantId, limit],
    );
    return rows.length;
  }

  /** How many rows of a tenant one of {@link tables} has. */
  async countRows(table: string, tenantId: string): Promise<number> {
    const [row] = await this.manager.query<[{ n: number }]>(
      `SELECT count(*)::int AS "n" FROM "${table.replaceAll('"', '""')}" WHERE "tenantId" = $1`,
      [tenantId],
    );
    return row.n;
  }

  /** Runs of a tenant that have not ended. */
  async findLiveRuns(tenantId: string, limit: number): Promise<{ id: string; temporalWorkflowId: string }[]> {
    return this.manager.query(
      `SELECT "id", "temporalWorkflowId" FROM "run"
        WHERE "tenantId" = $1 AND "status" IN ('queued', 'running') ORDER BY "createdAt", "id" LIMIT $2`,
      [tenantId, limit],
    );
  }
}
