import type { EntityManager } from 'typeorm';
import { MapItem } from '../entities/map-item.entity.js';
import type { MapItemStatus } from '../entities/status.js';
import { jsonb, message } from './sql.js';

/** A map of a run of a tenant. */
export interface MapOfRun {
  tenantId: string;
  runId: string;
  mapStepId: string;
}

/** An item that does not exist yet. */
export interface NewMapItem {
  /** In the list, from 0. */
  position: number;
  key: string;
  value: unknown;
}

/** How an item ended. */
export interface MapItemEnd {
  position: number;
  status: Exclude<MapItemStatus, 'pending'>;
  output?: unknown;
  fromCache?: boolean;
  error?: string;
  errorCode?: string;
}

/** How many items a map has, and how they stand. */
export interface MapItemCounts {
  total: number;
  done: number;
  /** Of those done, items for which nothing was executed. */
  cached: number;
  failed: number;
}

/** Which items to list, in the order of the list. */
export interface MapItemFilter {
  /** After this place. */
  after: number;
  limit: number;
  status?: MapItemStatus;
}

/** Items inserted by one statement. */
const INSERT_CHUNK = 1000;

const COUNTS = `count(*)::int AS "total", count(*) FILTER (WHERE "status" = 'done')::int AS "done",
  count(*) FILTER (WHERE "status" = 'done' AND "fromCache")::int AS "cached",
  count(*) FILTER (WHERE "status" = 'failed')::int AS "failed"`;

/** The items of the maps of a tenant's runs. */
export class MapItemRepository {
  constructor(private readonly manager: EntityManager) {}

  async insertItems({ tenantId, runId, mapStepId }: MapOfRun, items: readonly NewMapItem[]): Promise<void> {
    for (let from = 0; from < items.length; from += INSERT_CHUNK)
      await this.manager.query(
        `INSERT INTO "map_item" ("runId", "mapStepId", "position", "tenantId", "key", "value")
         SELECT $1, $2, ("item" ->> 'position')::int, $3, "item" ->> 'key', "item" -> 'value'
           FROM jsonb_array_elements($4::jsonb) AS "item"`,
        // As a record, an item that is null would be SQL's null, which is no value.
        [runId, mapStepId, tenantId, JSON.stringify(items.slice(from, from + INSERT_CHUNK))],
      );
  }

  async listItems({ tenantId, runId, mapStepId }: MapOfRun, filter: MapItemFilter): Promise<MapItem[]> {
    return this.manager.query<MapItem[]>(
      `SELECT * FROM "map_item"
        WHERE "tenantId" = $1 AND "runId" = $2 AND "mapStepId" = $3 AND "position" > $4
          AND ($5::text IS NULL OR "status" = $5)
        ORDER BY "position" LIMIT $6`,
      [tenantId, runId, mapStepId, filter.after, filter.status ?? null, filter.limit],
    );
  }

  /** Those at these places that have not ended, in the order of the list. */
  async pendingAt(
    { tenantId, runId, mapStepId }: MapOfRun,
    positions: readonly number[],
  ): Promise<MapItem[]> {
    if (positions.length === 0) return [];
    return this.manager.query<MapItem[]>(
      `SELECT * FROM "map_item"
        WHERE "tenantId" = $1 AND "runId" = $2 AND "mapStepId" = $3 AND "position" = ANY($4::int[])
          AND "status" = 'pending'
        ORDER BY "position"`,
      [tenantId, runId, mapStepId, [...positions]],
    );
  }

  /** Ends items that have not ended; the others stay as they are. */
  async endItems({ tenantId, runId, mapStepId }: MapOfRun, ends: readonly MapItemEnd[]): Promise<void> {
    if (ends.length === 0) return;
    const rows = ends.map(({ error, errorCode, output, ...end }) => ({
      ...end,
      output: output ?? null,
      error: message(error ?? null),
      errorCode: message(errorCode ?? null),
    }));
    await this.manager.query(
      `UPDATE "map_item" AS "item"
          SET "status" = "end"."status", "output" = "end"."output",
              "fromCache" = COALESCE("end"."fromCache", false), "error" = "end"."error",
              "errorCode" = "end"."errorCode", "completedAt" = clock_timestamp()
         FROM jsonb_to_recordset($4::jsonb) AS "end"
              ("position" int, "status" text, "output" jsonb, "fromCache" boolean, "error" text, "errorCode" text)
        WHERE "item"."tenantId" = $1 AND "item"."runId" = $2 AND "item"."mapStepId" = $3
          AND "item"."position" = "end"."position" AND "item"."status" = 'pending'`,
      [tenantId, runId, mapStepId, jsonb(rows)],
    );
  }

  async count({ tenantId, runId, mapStepId }: MapOfRun): Promise<MapItemCounts> {
    const [counts] = await this.manager.query<[MapItemCounts]>(
      `SELECT ${COUNTS} FROM "map_item" WHERE "tenantId" = $1 AND "runId" = $2 AND "mapStepId" = $3`,
      [tenantId, runId, mapStepId],
    );
    return counts;
  }

  /** Of all maps of a run, by step. */
  async countByMap(tenantId: string, runId: string): Promise<ReadonlyMap<string, MapItemCounts>> {
    const rows = await this.manager.query<(MapItemCounts & { mapStepId: string })[]>(
      `SELECT "mapStepId", ${COUNTS} FROM "map_item" WHERE "tenantId" = $1 AND "runId" = $2 GROUP BY "mapStepId"`,
      [tenantId, runId],
    );
    return new Map(rows.map(({ mapStepId, ...counts }) => [mapStepId, counts]));
  }
}
