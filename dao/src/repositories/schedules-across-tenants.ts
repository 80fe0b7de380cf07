import { type EntityManager, In } from 'typeorm';
import { Schedule } from '../entities/schedule.entity.js';
import { BEGIN_PAUSE_BEFORE, END_PAUSE } from './schedule-pauses.js';
import { message, returning } from './sql.js';

/** How a comparison with Temporal ended. */
export interface LookedAt {
  /** When to look again, from now. Milliseconds. */
  readonly againInMs: number;
  /** The wishes that were known: when there are more, it is looked at again at once. */
  readonly wishes: number;
  readonly syncError?: string | null;
}

/** How far the firings of a schedule are accounted for. */
export type ClockAccount = Pick<
  Schedule,
  'dueKnownUntil' | 'lastDueAt' | 'exhausted' | 'accountedSkips' | 'accountedMisses'
>;

/** What is done for the schedules of all tenants: they are compared with Temporal, one process at a time. */
export class SchedulesAcrossTenants {
  constructor(private readonly manager: EntityManager) {}

  /** Takes schedules whose turn it is, for so long that nobody else does. */
  async holdDue({ limit, holdMs }: { limit: number; holdMs: number }): Promise<Schedule[]> {
    return this.held(
      `"id" IN (SELECT "id" FROM "schedule" WHERE "lookAt" <= clock_timestamp() AND ${FREE}
         ORDER BY "lookAt" LIMIT $2 FOR UPDATE SKIP LOCKED)`,
      holdMs,
      limit,
    );
  }

  /** Takes one schedule, whether it is its turn or not. @returns null when somebody else has it, or it is gone */
  async hold(scheduleId: string, holdMs: number): Promise<Schedule | null> {
    const [schedule] = await this.held(`"id" = $2 AND ${FREE}`, holdMs, scheduleId);
    return schedule ?? null;
  }

  private async held(where: string, holdMs: number, parameter: unknown): Promise<Schedule[]> {
    const rows = await returning<{ id: string }>(
      this.manager,
      `UPDATE "schedule" SET "heldUntil" = clock_timestamp() + $1::float8 * interval '1 millisecond'
        WHERE ${where} RETURNING "id"`,
      [holdMs, parameter],
    );
    return rows.length === 0
      ? []
      : this.manager.find(Schedule, {
          where: { id: In(rows.map(({ id }) => id)) },
          order: { lookAt: 'ASC' },
        });
  }

  /** Lets go of it. */
  async letGo(scheduleId: string, { againInMs, wishes, syncError }: LookedAt): Promise<void> {
    await this.manager.query(
      `UPDATE "schedule"
          SET "heldUntil" = NULL, "syncError" = CASE WHEN $5 THEN $4 ELSE "syncError" END,
              "lookAt" = clock_timestamp()
                + CASE WHEN "wishes" > $3 THEN 0 ELSE $2::float8 END * interval '1 millisecond'
        WHERE "id" = $1`,
      [scheduleId, againInMs, wishes, message(syncError ?? null), syncError !== undefined],
    );
  }

  async read(scheduleId: string): Promise<Schedule | null> {
    return this.manager.findOneBy(Schedule, { id: scheduleId });
  }

  /** Notes which definition Temporal has. */
  async recordApplied(scheduleId: string, revision: number): Promise<void> {
    await this.manager.query(
      `UPDATE "schedule" SET "appliedRevision" = $2, "syncError" = NULL WHERE "id" = $1 AND "appliedRevision" < $2`,
      [scheduleId, revision],
    );
  }

  /** Temporal counts anew what it skips and misses. */
  async forgetCounts(scheduleId: string): Promise<void> {
    await this.manager.query(
      `UPDATE "schedule" SET "accountedSkips" = 0, "accountedMisses" = 0 WHERE "id" = $1`,
      [scheduleId],
    );
  }

  /** Notes that Temporal knows whether it is paused, unless something else is wanted meanwhile. A pause that is over ends now. */
  async recordPauseApplied(scheduleId: string, paused: boolean): Promise<void> {
    await this.manager.query(
      `UPDATE "schedule" SET "pauseApplied" = true, "pauses" = CASE WHEN $2 THEN "pauses" ELSE ${END_PAUSE} END
        WHERE "id" = $1 AND "paused" = $2`,
      [scheduleId, paused],
    );
  }

  /** Takes over what somebody has done in Temporal's own UI. @returns false when something else is wanted meanwhile */
  async adoptPause(scheduleId: string, paused: boolean, note: string | null): Promise<boolean> {
    const rows = await returning<unknown>(
      this.manager,
      `UPDATE "schedule"
          SET "paused" = $2, "note" = $3, "pauses" = CASE WHEN $2 THEN ${BEGIN_PAUSE_BEFORE} ELSE ${END_PAUSE} END,
              "updatedAt" = clock_timestamp()
        WHERE "id" = $1 AND "pauseApplied" AND "paused" <> $2 RETURNING 1`,
      [scheduleId, paused, message(note)],
    );
    return rows.length > 0;
  }

  /** Forgets a backfill that Temporal has been given. */
  async recordBackfilled(scheduleId: string, backfillId: string): Promise<void> {
    await this.manager.query(
      `UPDATE "schedule" SET "backfills" = COALESCE((SELECT jsonb_agg("each") FROM jsonb_array_elements("backfills") AS "each"
              WHERE "each"->>'id' <> $2), '[]') WHERE "id" = $1`,
      [scheduleId, backfillId],
    );
  }

  /** Notes how far its firings are known, and forgets pauses that no pending one can fall into. */
  async recordClock(scheduleId: string, to: ClockAccount): Promise<void> {
    await this.manager.query(
      `UPDATE "schedule"
          SET "dueKnownUntil" = $2, "lastDueAt" = $3, "exhausted" = $4, "accountedSkips" = $5,
              "accountedMisses" = $6,
              "pauses" = COALESCE((SELECT jsonb_agg("each") FROM jsonb_array_elements("pauses") AS "each"
                WHERE NOT "each" ? 'until' OR ("each"->>'until')::timestamptz > COALESCE(
                  (SELECT min("dueAt") FROM "schedule_firing"
                    WHERE "scheduleId" = "schedule"."id" AND "outcome" = 'pending'), $2::timestamptz)), '[]')
        WHERE "id" = $1`,
      [scheduleId, to.dueKnownUntil, to.lastDueAt, to.exhausted, to.accountedSkips, to.accountedMisses],
    );
  }

  /** Deletes one that was marked, with its firings. Its runs stay. */
  async remove(scheduleId: string): Promise<void> {
    await this.manager.query(`DELETE FROM "schedule" WHERE "id" = $1 AND "deletedAt" IS NOT NULL`, [
      scheduleId,
    ]);
  }

  /** How far the database's clock is. */
  async now(): Promise<Date> {
    const [row] = await this.manager.query<[{ now: Date }]>(`SELECT clock_timestamp() AS "now"`);
    return row.now;
  }
}

const FREE = `("heldUntil" IS NULL OR "heldUntil" <= clock_timestamp())`;
