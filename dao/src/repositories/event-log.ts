import type { EntityManager } from 'typeorm';
import type { JsonObject } from '../entities/columns.js';
import { returning } from './sql.js';
import { typeFilters } from './type-filters.js';

/** An event that has its place in the log of its tenant. */
export interface LoggedEvent {
  readonly id: string;
  readonly tenantId: string;
  /** 1, 2, 3, … without a gap; what is committed later is further on. */
  readonly position: number;
  readonly type: string;
  readonly runId: string | null;
  readonly stepId: string | null;
  readonly attempt: number | null;
  readonly actor: string | null;
  readonly data: JsonObject;
  readonly createdAt: Date;
}

/** How far a log reaches: its latest event is at `position`; what is at `floor` or before is no longer kept. */
export interface LogRange {
  readonly position: number;
  readonly floor: number;
}

/** Which part of a log to list. */
export interface LogFilter {
  readonly order: 'oldest' | 'newest';
  readonly limit: number;
  /** Only what is after this position. */
  readonly after?: number;
  /** Only what is before this position. */
  readonly before?: number;
  readonly runId?: string;
  /** Only these types; one that ends in `.` stands for all that begin so. All when empty or absent. */
  readonly types?: readonly string[];
}

/** Events that were committed and have no place yet. */
export interface EventLag {
  readonly unsequenced: number;
  /** Of the oldest of them; 0 when there is none. Milliseconds. */
  readonly oldestMs: number;
}

type Row = Omit<LoggedEvent, 'position'> & { position: string };
const COLUMNS = `"id", "tenantId", "position", "type", "runId", "stepId", "attempt", "actor", "data", "createdAt"`;
const logged = (row: Row): LoggedEvent => ({ ...row, position: Number(row.position) });

/**
 * The logs of the tenants, each in the order that the sequencer gave it. Whoever has read all up to a position reads on
 * from there and misses nothing, whatever is committed when.
 */
export class EventLog {
  constructor(private readonly manager: EntityManager) {}

  /** The next events after a position, oldest first; 0 is before the first. @param runId only those of one run */
  async readEvents(
    tenantId: string,
    afterPosition: number,
    limit: number,
    runId?: string,
  ): Promise<LoggedEvent[]> {
    return this.list(tenantId, { order: 'oldest', after: afterPosition, limit, runId });
  }

  /** Events in the order of the log, or against it. */
  async list(
    tenantId: string,
    { order, limit, after, before, runId, types = [] }: LogFilter,
  ): Promise<LoggedEvent[]> {
    const parameters: unknown[] = [tenantId, limit];
    const given = (value: unknown) => `$${parameters.push(value)}`;
    const { exact, prefixes } = typeFilters(types);
    const conditions = [
      ...(after === undefined ? [] : [`AND "position" > ${given(after)}::bigint`]),
      ...(before === undefined ? [] : [`AND "position" < ${given(before)}::bigint`]),
      ...(runId === undefined ? [] : [`AND "runId" = ${given(runId)}`]),
      ...(types.length === 0
        ? []
        : [`AND ("type" = ANY(${given(exact)}) OR "type" ^@ ANY(${given(prefixes)}))`]),
    ];
    const rows = await this.manager.query<Row[]>(
      `SELECT ${COLUMNS} FROM "event"
        WHERE "tenantId" = $1 AND "position" IS NOT NULL ${conditions.join(' ')}
        ORDER BY "position" ${order === 'oldest' ? 'ASC' : 'DESC'} LIMIT $2`,
      parameters,
    );
    return rows.map(logged);
  }

  /** How far the logs of some tenants reach; one without events is not among them. */
  async ranges(tenantIds: readonly string[]): Promise<Map<string, LogRange>> {
    const rows = await this.manager.query<{ tenantId: string; position: string; floor: string }[]>(
      `SELECT "tenantId", "position", "floor" FROM "event_head" WHERE "tenantId" = ANY($1)`,
      [[...tenantIds]],
    );
    return new Map(
      rows.map(row => [row.tenantId, { position: Number(row.position), floor: Number(row.floor) }]),
    );
  }

  /** Whether something is recorded of a run that has no place in the log yet. */
  async hasUnsequenced(runId: string): Promise<boolean> {
    const [row] = await this.manager.query<[{ found: boolean }]>(
      `SELECT EXISTS (SELECT 1 FROM "event" WHERE "position" IS NULL AND "runId" = $1) AS "found"`,
      [runId],
    );
    return row.found;
  }

  /** What waits for its place, of all tenants: how many, and how long the oldest has waited. */
  async lag(): Promise<EventLag> {
    const [row] = await this.manager.query<[{ unsequenced: number; oldestMs: number }]>(
      `SELECT count(*)::int AS "unsequenced",
              COALESCE(extract(epoch FROM clock_timestamp() - min("createdAt")) * 1000, 0)::float8 AS "oldestMs"
         FROM "event" WHERE "position" IS NULL`,
    );
    return row;
  }

  /** How many events `deleteOldest` would delete altogether; none when they are kept for ever. */
  async countOldest(tenantId: string, keepEventsMs: number | null): Promise<number> {
    if (keepEventsMs === null) return 0;
    const [row] = await this.manager.query<[{ due: number }]>(
      `SELECT count(*)::int AS "due" FROM "event"
        WHERE "tenantId" = $1 AND "position" < COALESCE(
          (SELECT min("position") FROM "event"
            WHERE "tenantId" = $1 AND "position" IS NOT NULL
              AND "createdAt" > clock_timestamp() - $2 * interval '1 millisecond'),
          9223372036854775807)`,
      [tenantId, keepEventsMs],
    );
    return row.due;
  }

  /**
   * Deletes the oldest events of a tenant that are older than it keeps them, and raises the floor of its log. It stops
   * at the first that is to stay, so what is kept has no gap; what has no place yet stays.
   * @param limit of events at a time
   * @returns how many it deleted; fewer than `limit` when no more are due
   */
  async deleteOldest(tenantId: string, keepEventsMs: number, limit: number): Promise<number> {
    const rows = await returning<unknown>(
      this.manager,
      `WITH "head" AS (
         SELECT "floor", "position" FROM "event_head" WHERE "tenantId" = $1 FOR UPDATE
       ), "oldest" AS (
         SELECT "e"."position", "e"."createdAt" <= clock_timestamp() - $2 * interval '1 millisecond' AS "due"
           FROM "event" AS "e", "head"
          WHERE "e"."tenantId" = $1 AND "e"."position" > "head"."floor"
          ORDER BY "e"."position" LIMIT $3
       ), "cut" AS (
         SELECT COALESCE(min("position") FILTER (WHERE NOT "due") - 1, max("position")) AS "position" FROM "oldest"
       ), "raised" AS (
         UPDATE "event_head" AS "h" SET "floor" = "cut"."position" FROM "cut"
          WHERE "h"."tenantId" = $1 AND "cut"."position" > "h"."floor"
         RETURNING "h"."floor"
       )
       DELETE FROM "event" AS "e" USING "raised"
        WHERE "e"."tenantId" = $1 AND "e"."position" <= "raised"."floor" RETURNING 1`,
      [tenantId, keepEventsMs, limit],
    );
    return rows.length;
  }
}
