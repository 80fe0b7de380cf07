import type { EntityManager } from 'typeorm';
import type { RunStatus } from '../entities/status.js';
import type { EventRepository } from './event.repository.js';
import { runStarted } from './run-events.js';
import { assertInTransaction, returning } from './sql.js';

/** A run whose turn it is, and which may not know. */
export interface GivenTurn {
  readonly runId: string;
  readonly tenantId: string;
  readonly temporalWorkflowId: string;
}

/** How many runs of a tenant have a turn, and how many wait for one. */
export interface TurnCounts {
  readonly running: number;
  readonly waiting: number;
}

/** The run has a turn: it counts against its tenant's limit. A run that another has started goes along with that one. */
const HAS_TURN = `"parentRunId" IS NULL AND ("status" = 'running' OR ("status" = 'queued' AND "turnGivenAt" IS NOT NULL))`;
const WAITS = `"parentRunId" IS NULL AND "status" = 'queued' AND "turnGivenAt" IS NULL`;

/**
 * Whose turn it is among the runs of a tenant that may run only so many at once. Locks are taken in this order: the
 * run's row, the tenant's row, then rows of waiting runs without waiting for any.
 */
export class TurnRepository {
  constructor(
    private readonly manager: EntityManager,
    private readonly events: EventRepository,
  ) {}

  /**
   * `queued → running` where nobody has to wait: the tenant has no limit, the run has been given its turn, or another
   * run has started it.
   * @returns the status afterwards, `queued` when it may have to wait; null when there is no such run.
   */
  async startInTurn(tenantId: string, runId: string): Promise<RunStatus | null> {
    assertInTransaction(this.manager);
    const rows = await returning<{ status: RunStatus }>(
      this.manager,
      `UPDATE "run"
          SET "status" = 'running', "startedAt" = clock_timestamp(), "updatedAt" = clock_timestamp()
        WHERE "tenantId" = $1 AND "id" = $2 AND "status" = 'queued'
          AND ("parentRunId" IS NOT NULL OR "turnGivenAt" IS NOT NULL OR NOT EXISTS (
                SELECT 1 FROM "tenant" WHERE "id" = $1 AND "maxRunningRuns" IS NOT NULL))
        RETURNING "status"`,
      [tenantId, runId],
    );
    if (!rows[0]) return this.statusOf(tenantId, runId);
    await this.events.append([runStarted(tenantId, runId)]);
    return rows[0].status;
  }

  /**
   * Notes that the run's workflow asks for its turn, and gives turns that are free. Only inside a transaction.
   * @returns whether this run may start now; and if not, whether this is the first time that it is told so.
   */
  async askForTurn(tenantId: string, runId: string): Promise<'given' | 'waits' | 'still_waits'> {
    const asked = await returning<unknown>(
      this.manager,
      `UPDATE "run" SET "turnAskedAt" = clock_timestamp()
        WHERE "tenantId" = $1 AND "id" = $2 AND "turnAskedAt" IS NULL RETURNING 1`,
      [tenantId, runId],
    );
    const most = await this.lockLimit(tenantId);
    if (most === null) return 'given';
    const given = await this.giveUpTo(tenantId, most);
    if (given.some(turn => turn.runId === runId)) return 'given';
    return asked.length > 0 ? 'waits' : 'still_waits';
  }

  /**
   * Gives free turns to those who wait, the oldest first. Only inside a transaction, after the rows that it changes
   * itself. A run whose row somebody holds is left out, and nobody younger gets its turn instead: it asks by itself, has
   * just ended, or is given it the next time that someone looks.
   */
  async giveTurns(tenantId: string): Promise<GivenTurn[]> {
    const most = await this.lockLimit(tenantId);
    return most === null ? [] : this.giveUpTo(tenantId, most);
  }

  /** Lets those go on who wait, as far as the limit of their tenant is not there any more. Only inside a transaction. */
  async giveUnlimited(tenantId: string): Promise<GivenTurn[]> {
    return (await this.lockLimit(tenantId)) === null ? this.giveUpTo(tenantId, null) : [];
  }

  /** Tenants of whom runs wait. */
  async findWaitingTenants(): Promise<string[]> {
    const rows = await this.manager.query<{ tenantId: string }[]>(
      `SELECT DISTINCT "tenantId" FROM "run" WHERE ${WAITS} AND "turnAskedAt" IS NOT NULL`,
    );
    return rows.map(({ tenantId }) => tenantId);
  }

  private async lockLimit(tenantId: string): Promise<number | null> {
    const [tenant] = await this.manager.query<{ most: number }[]>(
      `SELECT "maxRunningRuns" AS "most" FROM "tenant" WHERE "id" = $1 AND "maxRunningRuns" IS NOT NULL FOR UPDATE`,
      [tenantId],
    );
    return tenant?.most ?? null;
  }

  private giveUpTo(tenantId: string, most: number | null): Promise<GivenTurn[]> {
    return returning<GivenTurn>(
      this.manager,
      `UPDATE "run" SET "turnGivenAt" = clock_timestamp() WHERE "id" IN (
         SELECT "id" FROM "run" WHERE ${WAITS} AND "id" IN (
           SELECT "id" FROM "run" WHERE "tenantId" = $1 AND ${WAITS}
            ORDER BY "createdAt", "id"
            LIMIT CASE WHEN $2::int IS NOT NULL THEN
              greatest(0, $2 - (SELECT count(*) FROM "run" WHERE "tenantId" = $1 AND ${HAS_TURN})) END)
         FOR UPDATE SKIP LOCKED)
       RETURNING "id" AS "runId", "tenantId", "temporalWorkflowId"`,
      [tenantId, most],
    );
  }

  async countTurns(tenantId: string): Promise<TurnCounts> {
    const [counts] = await this.manager.query<[TurnCounts]>(
      `SELECT (count(*) FILTER (WHERE ${HAS_TURN}))::int AS "running",
              (count(*) FILTER (WHERE ${WAITS}))::int AS "waiting"
         FROM "run" WHERE "tenantId" = $1 AND "status" IN ('queued', 'running')`,
      [tenantId],
    );
    return counts;
  }

  /** Runs of all tenants that were given their turn after they had asked, and have not taken it; the oldest first. */
  async findUntakenTurns(limit: number): Promise<GivenTurn[]> {
    return this.manager.query<GivenTurn[]>(
      `SELECT "id" AS "runId", "tenantId", "temporalWorkflowId" FROM "run"
        WHERE "status" = 'queued' AND "turnGivenAt" IS NOT NULL AND "turnAskedAt" IS NOT NULL
        ORDER BY "turnGivenAt" LIMIT $1`,
      [limit],
    );
  }

  private async statusOf(tenantId: string, runId: string): Promise<RunStatus | null> {
    const rows = await this.manager.query<{ status: RunStatus }[]>(
      `SELECT "status" FROM "run" WHERE "tenantId" = $1 AND "id" = $2`,
      [tenantId, runId],
    );
    return rows[0]?.status ?? null;
  }
}
