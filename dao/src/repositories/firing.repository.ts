import { In, LessThanOrEqual, MoreThan, type EntityManager } from 'typeorm';
import { ScheduleFiring } from '../entities/schedule-firing.entity.js';
import { FIRING_OUTCOMES, type FiringOrigin, type FiringOutcome } from '../entities/schedule-words.js';
import { newId } from '../ids.js';
import type { Page, PagePosition } from './paging.js';
import { returning } from './sql.js';

/** A time at which a schedule is due, with the span in which its time without jitter lies. */
export interface DueTime {
  readonly dueAt: Date;
  readonly nominalAfter: Date;
}

/** How many firings of the clock have come to what. */
export type FiringCounts = Readonly<Record<FiringOutcome, number>>;

/** Which firings to list, the latest first. */
export interface FiringFilter {
  readonly limit: number;
  readonly after?: PagePosition | undefined;
  readonly outcome?: FiringOutcome | undefined;
}

/** At once in a statement. */
const MOST = 1_000;

/** The times at which a tenant's schedules were due, and what came of them. */
export class FiringRepository {
  constructor(private readonly manager: EntityManager) {}

  /** Notes times at which a schedule is due; those that are noted stay as they are. */
  async insertDue(
    schedule: { tenantId: string; id: string },
    times: readonly DueTime[],
    origin: FiringOrigin,
  ): Promise<void> {
    for (let at = 0; at < times.length; at += MOST) {
      const some = times.slice(at, at + MOST);
      await this.manager.query(
        `INSERT INTO "schedule_firing" ("id", "scheduleId", "tenantId", "dueAt", "nominalAfter", "origin", "createdAt")
         SELECT "each".*, $3, clock_timestamp() FROM (
           SELECT unnest($4::uuid[]), $1::uuid, $2::text, unnest($5::timestamptz[]), unnest($6::timestamptz[])) AS "each"
         ON CONFLICT ("scheduleId", "dueAt") DO NOTHING`,
        [
          schedule.id,
          schedule.tenantId,
          origin,
          some.map(() => newId()),
          some.map(({ dueAt }) => dueAt),
          some.map(({ nominalAfter }) => nominalAfter),
        ],
      );
    }
  }

  /** Takes back times that will not come: the schedule is another one from then on. Those that have a run stay. */
  async forgetPendingAfter(scheduleId: string, after: Date): Promise<void> {
    await this.manager.delete(ScheduleFiring, {
      scheduleId,
      outcome: 'pending',
      origin: 'clock',
      dueAt: MoreThan(after),
    });
  }

  /** Firings that are due by then and whose outcome is not known; the earliest first. */
  async listPending(scheduleId: string, until: Date, limit: number): Promise<ScheduleFiring[]> {
    return this.manager.find(ScheduleFiring, {
      where: { scheduleId, outcome: 'pending', dueAt: LessThanOrEqual(until) },
      order: { dueAt: 'ASC' },
      take: limit,
    });
  }

  /**
   * Pending firings whose run is recorded have run: it was recorded before they were noted.
   * @returns how many this has found
   */
  async findRuns(tenantId: string, scheduleId: string): Promise<number> {
    const rows = await returning<unknown>(
      this.manager,
      `UPDATE "schedule_firing" AS "firing"
          SET "outcome" = 'ran', "runId" = "run"."id", "settledAt" = clock_timestamp()
         FROM "run"
        WHERE "firing"."scheduleId" = $2::uuid AND "firing"."tenantId" = $1 AND "firing"."outcome" = 'pending'
          AND "run"."tenantId" = $1 AND "run"."scheduleId" = $2::uuid::text
          AND "run"."scheduledFor" > "firing"."nominalAfter" AND "run"."scheduledFor" <= "firing"."dueAt"
        RETURNING 1`,
      [tenantId, scheduleId],
    );
    return rows.length;
  }

  /**
   * A run of the schedule is being recorded: the firing that it belongs to has run, if it is noted yet. Also one that
   * was believed missed: a start may be late. A run for a time that was never due, as of a backfill, gets a firing.
   */
  async recordRun(
    { tenantId, scheduleId }: { tenantId: string; scheduleId: string },
    scheduledFor: Date,
    runId: string,
  ): Promise<void> {
    await this.manager.query(
      `UPDATE "schedule_firing" SET "outcome" = 'ran', "runId" = $4, "settledAt" = clock_timestamp()
        WHERE "tenantId" = $1 AND "scheduleId" = $2 AND "nominalAfter" < $3 AND "dueAt" >= $3 AND "runId" IS NULL`,
      [tenantId, scheduleId, scheduledFor, runId],
    );
    await this.manager.query(
      `INSERT INTO "schedule_firing" ("id", "scheduleId", "tenantId", "dueAt", "nominalAfter", "origin", "outcome", "runId",
         "settledAt", "createdAt")
       SELECT $5::uuid, "s"."id", "s"."tenantId", $3::timestamptz, $3::timestamptz - interval '1 millisecond', 'backfill',
              'ran', $4::uuid, clock_timestamp(), clock_timestamp()
         FROM "schedule" AS "s"
        WHERE "s"."tenantId" = $1 AND "s"."id" = $2
          AND "s"."dueKnownUntil" >= $3::timestamptz
                + COALESCE(("s"."times"->>'jitterMs')::float8, 0) * interval '1 millisecond'
          AND NOT EXISTS (SELECT 1 FROM "schedule_firing" AS "f" WHERE "f"."scheduleId" = "s"."id"
                            AND "f"."nominalAfter" < $3 AND "f"."dueAt" >= $3)
       ON CONFLICT ("scheduleId", "dueAt") DO NOTHING`,
      [tenantId, scheduleId, scheduledFor, runId, newId()],
    );
  }

  /** The latest time at which a schedule was due by then. */
  async lastDueBy(scheduleId: string, by: Date): Promise<Date | null> {
    return this.latest(scheduleId, `"dueAt" <= $2`, [by]);
  }

  /** The latest time at which a schedule was due, and has run. */
  async lastRan(scheduleId: string): Promise<Date | null> {
    return this.latest(scheduleId, `"outcome" = 'ran'`, []);
  }

  private async latest(scheduleId: string, where: string, parameters: unknown[]): Promise<Date | null> {
    const [row] = await this.manager.query<{ at: Date | null }[]>(
      `SELECT max("dueAt") AS "at" FROM "schedule_firing" WHERE "scheduleId" = $1 AND "origin" = 'clock' AND ${where}`,
      [scheduleId, ...parameters],
    );
    return row?.at ?? null;
  }

  /** Notes what came of firings that did not run. @returns those for which that was not known */
  async settle(ids: readonly string[], outcome: FiringOutcome): Promise<ScheduleFiring[]> {
    const rows = await returning<{ id: string }>(
      this.manager,
      `UPDATE "schedule_firing" SET "outcome" = $2, "settledAt" = clock_timestamp()
        WHERE "id" = ANY($1::uuid[]) AND "outcome" = 'pending' RETURNING "id"`,
      [[...ids], outcome],
    );
    return this.manager.find(ScheduleFiring, {
      where: { id: In(rows.map(({ id }) => id)) },
      order: { dueAt: 'ASC' },
    });
  }

  /** Of the firings that were due by the clock. */
  async count(tenantId: string, scheduleId: string): Promise<FiringCounts> {
    const rows = await this.manager.query<{ outcome: FiringOutcome; n: number }[]>(
      `SELECT "outcome", count(*)::int AS "n" FROM "schedule_firing"
        WHERE "tenantId" = $1 AND "scheduleId" = $2 AND "origin" = 'clock' AND "dueAt" <= clock_timestamp()
        GROUP BY "outcome"`,
      [tenantId, scheduleId],
    );
    const counted = new Map(rows.map(({ outcome, n }) => [outcome, n]));
    return Object.fromEntries(
      FIRING_OUTCOMES.map(outcome => [outcome, counted.get(outcome) ?? 0]),
    ) as FiringCounts;
  }

  /** Those that were due by now, the latest first, a page at a time. A position is by `dueAt`. */
  async listFirings(
    tenantId: string,
    scheduleId: string,
    { limit, after, outcome }: FiringFilter,
  ): Promise<Page<ScheduleFiring>> {
    const query = this.manager
      .createQueryBuilder(ScheduleFiring, 'firing')
      .addSelect(`to_char(firing.dueAt AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`, 'exactDueAt')
      .where('firing.tenantId = :tenantId AND firing.scheduleId = :scheduleId', { tenantId, scheduleId })
      .andWhere('firing.dueAt <= clock_timestamp()');
    if (outcome) query.andWhere('firing.outcome = :outcome', { outcome });
    if (after) query.andWhere('firing.dueAt < CAST(:dueAt AS timestamptz)', { dueAt: after.createdAt });
    const { entities, raw } = await query
      .orderBy('firing.dueAt', 'DESC')
      .limit(limit + 1)
      .getRawAndEntities<{ exactDueAt: string }>();
    const rows = entities.slice(0, limit);
    const [last, exact] = [rows.at(-1), raw[rows.length - 1]?.exactDueAt];
    return {
      rows,
      next: entities.length > limit && last && exact ? { createdAt: exact, id: last.id } : null,
    };
  }

  /** Deletes firings of a schedule that were due so long ago. Milliseconds. */
  async forgetOld(scheduleId: string, keepMs: number): Promise<void> {
    await this.manager.query(
      `DELETE FROM "schedule_firing" WHERE "scheduleId" = $1
          AND "dueAt" < clock_timestamp() - $2::float8 * interval '1 millisecond'`,
      [scheduleId, keepMs],
    );
  }
}
