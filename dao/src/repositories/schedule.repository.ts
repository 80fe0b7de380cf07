import { IsNull, type EntityManager } from 'typeorm';
import type { JsonObject } from '../entities/columns.js';
import type { RunOptions } from '../entities/run.entity.js';
import { Schedule, type ScheduleTimes, type WantedBackfill } from '../entities/schedule.entity.js';
import type { Overlap } from '../entities/schedule-words.js';
import { type Page, type PagePosition, readPage } from './paging.js';
import { SchedulesAcrossTenants } from './schedules-across-tenants.js';
import { BEGIN_PAUSE, NOW_JSON } from './schedule-pauses.js';
import { message, returning } from './sql.js';

/** What is to be started, and when. */
export interface ScheduleDefinition {
  readonly name: string;
  readonly workflowName: string;
  readonly workflowVersion: string | null;
  readonly trigger: JsonObject;
  readonly options: RunOptions;
  readonly times: ScheduleTimes;
  readonly overlap: Overlap;
  readonly catchupMs: number;
  /** Runs that are started yet; null for any number, undefined to leave the count as it stands. */
  readonly limit: number | null | undefined;
}

export interface NewSchedule extends ScheduleDefinition {
  readonly id: string;
  readonly tenantId: string;
  readonly paused: boolean;
  readonly note: string | null;
}

/** Which schedules to list, newest first. */
export interface ScheduleFilter {
  readonly limit: number;
  readonly after?: PagePosition | undefined;
  readonly workflowName?: string | undefined;
  readonly paused?: boolean | undefined;
}

/** Somebody wants something of it that Temporal is to be told at once. */
const WISH = `"wishes" = "wishes" + 1, "lookAt" = clock_timestamp(), "updatedAt" = clock_timestamp()`;

/** The schedules of a tenant, as they are wanted. One that is deleted is not among them. */
export class ScheduleRepository {
  /** What is done for the schedules of all tenants at once. */
  readonly acrossTenants: SchedulesAcrossTenants;

  constructor(private readonly manager: EntityManager) {
    this.acrossTenants = new SchedulesAcrossTenants(manager);
  }

  /** Another one of the name breaks the constraint `schedule_tenant_name_key`. */
  async insertSchedule(schedule: NewSchedule): Promise<void> {
    await this.manager.query(
      `INSERT INTO "schedule" ("id", "tenantId", "name", "workflowName", "workflowVersion", "trigger", "options", "times",
         "overlap", "catchupMs", "limit", "paused", "note", "pauses", "dueKnownUntil", "lookAt", "createdAt", "updatedAt")
       SELECT $1, $2, $3, $4, $5, $6::jsonb, $7::jsonb, $8::jsonb, $9, $10, $11, $12, $13,
              CASE WHEN $12 THEN jsonb_build_array(jsonb_build_object('from', ${NOW_JSON})) ELSE '[]' END,
              "now", "now", "now", "now" FROM (SELECT clock_timestamp() AS "now") AS "clock"`,
      [
        schedule.id,
        schedule.tenantId,
        schedule.name,
        schedule.workflowName,
        schedule.workflowVersion,
        JSON.stringify(schedule.trigger),
        JSON.stringify(schedule.options),
        JSON.stringify(schedule.times),
        schedule.overlap,
        schedule.catchupMs,
        schedule.limit ?? null,
        schedule.paused,
        message(schedule.note),
      ],
    );
  }

  async getSchedule(tenantId: string, scheduleId: string): Promise<Schedule | null> {
    return this.manager.findOneBy(Schedule, { tenantId, id: scheduleId, deletedAt: IsNull() });
  }

  /** Reads it and keeps others from changing it. Only inside a transaction. */
  async lockSchedule(tenantId: string, scheduleId: string): Promise<Schedule | null> {
    return this.manager
      .createQueryBuilder(Schedule, 'schedule')
      .setLock('pessimistic_write')
      .where('schedule.tenantId = :tenantId AND schedule.id = :scheduleId', { tenantId, scheduleId })
      .andWhere('schedule.deletedAt IS NULL')
      .getOne();
  }

  /** Newest first, a page at a time. */
  async listSchedules(tenantId: string, filter: ScheduleFilter): Promise<Page<Schedule>> {
    const query = this.manager
      .createQueryBuilder(Schedule, 'schedule')
      .where('schedule.tenantId = :tenantId AND schedule.deletedAt IS NULL', { tenantId });
    const { workflowName, paused } = filter;
    if (workflowName !== undefined) query.andWhere('schedule.workflowName = :workflowName', { workflowName });
    if (paused !== undefined) query.andWhere('schedule.paused = :paused', { paused });
    return readPage(query, 'schedule', 'DESC', filter.limit, filter.after);
  }

  /** Replaces what is started and when. Another one of the name breaks the constraint `schedule_tenant_name_key`. */
  async redefine(tenantId: string, scheduleId: string, to: ScheduleDefinition): Promise<void> {
    await this.manager.query(
      `UPDATE "schedule"
          SET "name" = $3, "workflowName" = $4, "workflowVersion" = $5, "trigger" = $6::jsonb, "options" = $7::jsonb,
              "times" = $8::jsonb, "overlap" = $9, "catchupMs" = $10,
              "limit" = CASE WHEN $12 THEN $11 ELSE "limit" END,
              "limitRevision" = CASE WHEN $12 THEN "revision" + 1 ELSE "limitRevision" END,
              "revision" = "revision" + 1, "syncError" = NULL,
              "dueKnownUntil" = CASE WHEN "exhausted" THEN clock_timestamp() ELSE "dueKnownUntil" END,
              "exhausted" = false, ${WISH}
        WHERE "tenantId" = $1 AND "id" = $2 AND "deletedAt" IS NULL`,
      [
        tenantId,
        scheduleId,
        to.name,
        to.workflowName,
        to.workflowVersion,
        JSON.stringify(to.trigger),
        JSON.stringify(to.options),
        JSON.stringify(to.times),
        to.overlap,
        to.catchupMs,
        to.limit ?? null,
        to.limit !== undefined,
      ],
    );
  }

  /** Notes that it is to be paused, or to go on. When it goes on, its pause ends once Temporal knows. */
  async pause(tenantId: string, scheduleId: string, paused: boolean, note: string | null): Promise<void> {
    await this.manager.query(
      `UPDATE "schedule"
          SET "paused" = $3, "note" = $4, "pauseApplied" = false,
              "pauses" = CASE WHEN $3 THEN ${BEGIN_PAUSE} ELSE "pauses" END, ${WISH}
        WHERE "tenantId" = $1 AND "id" = $2 AND "deletedAt" IS NULL`,
      [tenantId, scheduleId, paused, message(note)],
    );
  }

  async wantBackfill(tenantId: string, scheduleId: string, backfill: WantedBackfill): Promise<void> {
    await this.manager.query(
      `UPDATE "schedule" SET "backfills" = "backfills" || $3::jsonb, ${WISH}
        WHERE "tenantId" = $1 AND "id" = $2 AND "deletedAt" IS NULL`,
      [tenantId, scheduleId, JSON.stringify([backfill])],
    );
  }

  /** Nobody finds it from now on; it goes when Temporal has forgotten it. @returns whether there was one */
  async markDeleted(tenantId: string, scheduleId: string): Promise<boolean> {
    const rows = await returning<unknown>(
      this.manager,
      `UPDATE "schedule" SET "deletedAt" = clock_timestamp(), ${WISH}
        WHERE "tenantId" = $1 AND "id" = $2 AND "deletedAt" IS NULL RETURNING 1`,
      [tenantId, scheduleId],
    );
    return rows.length > 0;
  }
}
