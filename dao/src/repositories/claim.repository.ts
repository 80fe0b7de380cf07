import type { EntityManager } from 'typeorm';
import { ClaimOutcome } from '../entities/claim-outcome.entity.js';
import type { ClaimOutcomeKind } from '../entities/status.js';
import { stepIsOpen } from './blob-marks.js';
import { ClaimsAcrossTenants } from './claims-across-tenants.js';
import { jsonb, message, returning } from './sql.js';

/** Who wants to execute what a key stands for. */
export interface ClaimRequest {
  tenantId: string;
  cacheKey: string;
  runId: string;
  stepId: string;
  attempt: number;
  /** Milliseconds from now, by the database's clock. */
  leaseMs: number;
}

/** A claim that is held by the caller. */
export interface HeldClaim {
  cacheKey: string;
  /** The fencing token. */
  generation: number;
}

/** The step that holds a key. */
export interface ClaimHolder {
  runId: string;
  stepId: string;
  generation: number;
  /** Milliseconds until anyone may take the claim over, unless it is renewed. */
  remainingMs: number;
}

export type ClaimAnswer =
  { kind: 'held'; claim: HeldClaim; claimedAt: Date } | { kind: 'refused'; holder: ClaimHolder };

/** A step that waits for a key's holder. */
export interface NewWaiter {
  tenantId: string;
  runId: string;
  stepId: string;
  cacheKey: string;
  temporalWorkflowId: string;
}

/** How an execution ended, to be shared with those who waited for it. */
export interface NewOutcome {
  tenantId: string;
  runId: string;
  stepId: string;
  claimedAt: Date;
  kind: ClaimOutcomeKind;
  outputs?: unknown;
  fullInput?: unknown;
  error?: string;
  errorCode?: string;
  /** Whether the error itself says that another try may succeed. */
  retryable?: boolean;
}

/** A wake-up that is owed to a workflow. */
export interface DueWake {
  runId: string;
  stepId: string;
  temporalWorkflowId: string;
  /** To tell it from one that became due since: the text of the column, exact to the microsecond. */
  wakeAt: string;
}

/**
 * Another's claim gives way when its lease has ended, or when it is the step's own: that of an earlier attempt, or of
 * this one, whose commit was answered too late or never.
 */
const TAKE_OVER = `("cacheKey") DO UPDATE
          SET "generation" = EXCLUDED."generation", "runId" = EXCLUDED."runId", "stepId" = EXCLUDED."stepId",
              "attempt" = EXCLUDED."attempt", "claimedAt" = EXCLUDED."claimedAt", "expiresAt" = EXCLUDED."expiresAt"
        WHERE "current"."expiresAt" <= clock_timestamp()
           OR ("current"."runId" = EXCLUDED."runId" AND "current"."stepId" = EXCLUDED."stepId"
               AND "current"."attempt" <= EXCLUDED."attempt")`;

/** Who executes what, and who waits for it. */
export class ClaimRepository {
  /** What the reconciler does for all tenants at once. */
  readonly acrossTenants: ClaimsAcrossTenants;

  constructor(private readonly manager: EntityManager) {
    this.acrossTenants = new ClaimsAcrossTenants(manager);
  }

  /**
   * Claims a key: when nobody holds it, its holder's lease has ended, or its holder is the same step, at this attempt or
   * an earlier one; whatever that attempt still does is fenced off by its generation. A holder that is in the way keeps
   * its row until the transaction ends, so that it cannot end between this refusal and a `wait` in the same transaction;
   * many may be refused at once.
   */
  async claim(request: ClaimRequest): Promise<ClaimAnswer> {
    for (;;) {
      // Most often nobody holds the key.
      const claimed = await this.insertClaim(request, 'DO NOTHING');
      if (claimed) return claimed;
      const holder = await this.holderInTheWay(request);
      if (holder) return { kind: 'refused', holder };
      const takenOver = await this.insertClaim(request, TAKE_OVER);
      if (takenOver) return takenOver;
    }
  }

  private async insertClaim(request: ClaimRequest, onConflict: string): Promise<ClaimAnswer | undefined> {
    const { tenantId, cacheKey, runId, stepId, attempt, leaseMs } = request;
    const [row] = await this.manager.query<{ generation: string; claimedAt: Date }[]>(
      `INSERT INTO "step_claim" AS "current"
              ("cacheKey", "tenantId", "generation", "runId", "stepId", "attempt", "claimedAt", "expiresAt")
       VALUES ($1, $2, nextval('step_claim_generation'), $3, $4, $5, clock_timestamp(),
               clock_timestamp() + $6::float8 * interval '1 millisecond')
       ON CONFLICT ${onConflict}
       RETURNING "generation", "claimedAt"`,
      [cacheKey, tenantId, runId, stepId, attempt, leaseMs],
    );
    const claim = row && { cacheKey, generation: Number(row.generation) };
    return claim && { kind: 'held', claim, claimedAt: row.claimedAt };
  }

  /** The holder that keeps this step from claiming the key, its row locked against its end. */
  private async holderInTheWay(request: ClaimRequest): Promise<ClaimHolder | null> {
    const { cacheKey, runId, stepId, attempt } = request;
    const [row] = await this.manager.query<
      { runId: string; stepId: string; generation: string; remainingMs: number }[]
    >(
      `SELECT "runId", "stepId", "generation",
              extract(epoch FROM "expiresAt" - clock_timestamp())::float8 * 1000 AS "remainingMs"
         FROM "step_claim"
        WHERE "cacheKey" = $1 AND "expiresAt" > clock_timestamp()
          AND NOT ("runId" = $2 AND "stepId" = $3 AND "attempt" <= $4)
          FOR SHARE`,
      [cacheKey, runId, stepId, attempt],
    );
    return row ? { ...row, generation: Number(row.generation) } : null;
  }

  /**
   * Prolongs leases; one that has ended but was not taken over goes on.
   * @returns the generations that are still held
   */
  async renew(generations: readonly number[], leaseMs: number): Promise<number[]> {
    if (generations.length === 0) return [];
    const rows = await returning<{ generation: string }>(
      this.manager,
      `UPDATE "step_claim" SET "expiresAt" = clock_timestamp() + $2::float8 * interval '1 millisecond'
        WHERE "cacheKey" IN (SELECT "cacheKey" FROM "step_claim" WHERE "generation" = ANY($1::bigint[])
                              ORDER BY "cacheKey" FOR UPDATE)
          AND "generation" = ANY($1::bigint[])
        RETURNING "generation"`,
      [[...generations], leaseMs],
    );
    return rows.map(({ generation }) => Number(generation));
  }

  /**
   * Gives a claim up.
   * @returns whether it was still held: a holder that comes late must not record anything.
   */
  async end({ cacheKey, generation }: HeldClaim): Promise<boolean> {
    const rows = await returning<{ cacheKey: string }>(
      this.manager,
      `DELETE FROM "step_claim" WHERE "cacheKey" = $1 AND "generation" = $2 RETURNING "cacheKey"`,
      [cacheKey, generation],
    );
    return rows.length === 1;
  }

  /** Notes that a step waits for a key; only after a refused claim, in the same transaction. */
  async wait(waiter: NewWaiter): Promise<void> {
    const { tenantId, runId, stepId, cacheKey, temporalWorkflowId } = waiter;
    await this.manager.query(
      `INSERT INTO "step_waiter" AS "current"
              ("runId", "stepId", "tenantId", "cacheKey", "temporalWorkflowId", "waitsSince")
       VALUES ($1, $2, $3, $4, $5, clock_timestamp())
       ON CONFLICT ("runId", "stepId") DO UPDATE
          SET "cacheKey" = EXCLUDED."cacheKey", "settledBy" = NULL, "wakeAt" = NULL`,
      [runId, stepId, tenantId, cacheKey, temporalWorkflowId],
    );
  }

  /** What became of the execution that a step waited for under this key; null while there is nothing. */
  async outcomeFor(
    tenantId: string,
    runId: string,
    stepId: string,
    cacheKey: string,
  ): Promise<ClaimOutcome | null> {
    return this.manager
      .createQueryBuilder(ClaimOutcome, 'outcome')
      .innerJoin('step_waiter', 'waiter', 'waiter."settledBy" = outcome.generation')
      .where('waiter."runId" = :runId AND waiter."stepId" = :stepId', { runId, stepId })
      .andWhere('outcome.tenantId = :tenantId AND outcome.cacheKey = :cacheKey', { tenantId, cacheKey })
      .getOne();
  }

  /** The step waits no longer. */
  async stopWaiting(runId: string, stepId: string): Promise<void> {
    await this.manager.query(`DELETE FROM "step_waiter" WHERE "runId" = $1 AND "stepId" = $2`, [
      runId,
      stepId,
    ]);
  }

  /**
   * Shares an outcome with all who wait for the key, and owes each a wake-up; in the transaction that ends the claim.
   * @returns how many they are
   */
  async share(claim: HeldClaim, outcome: NewOutcome): Promise<number> {
    const woken = await this.wake(claim.cacheKey, claim.generation);
    if (woken === 0) return 0;
    await this.manager.query(
      `INSERT INTO "claim_outcome"
              ("generation", "tenantId", "cacheKey", "runId", "stepId", "claimedAt", "kind", "outputs", "fullInput",
               "error", "errorCode", "retryable")
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8::jsonb, $9::jsonb, $10, $11, $12)`,
      [
        claim.generation,
        outcome.tenantId,
        claim.cacheKey,
        outcome.runId,
        outcome.stepId,
        outcome.claimedAt,
        outcome.kind,
        jsonb(outcome.outputs),
        jsonb(outcome.fullInput),
        message(outcome.error ?? null),
        message(outcome.errorCode ?? null),
        outcome.retryable ?? null,
      ],
    );
    return woken;
  }

  /**
   * Owes a wake-up to all who wait for the key and have not been told how it ended.
   * @param settledBy the generation whose outcome is theirs; null hands the key on to whoever claims it first
   * @returns how many they are
   */
  async wake(cacheKey: string, settledBy: number | null): Promise<number> {
    const rows = await returning<{ runId: string }>(
      this.manager,
      `UPDATE "step_waiter" SET "settledBy" = $2, "wakeAt" = clock_timestamp()
        WHERE "cacheKey" = $1 AND "settledBy" IS NULL RETURNING "runId"`,
      [cacheKey, settledBy],
    );
    return rows.length;
  }

  /**
   * Hands the key on to one: owes a wake-up to the step that has waited for it longest and can still be executed. The
   * others have been told how long the lease was, and look again then, should that one not come.
   * @returns how many that is: none or one
   */
  async wakeNext(cacheKey: string): Promise<number> {
    const rows = await returning<{ runId: string }>(
      this.manager,
      `WITH "next" AS MATERIALIZED (
         SELECT "waiter"."runId", "waiter"."stepId" FROM "step_waiter" AS "waiter"
          WHERE "waiter"."cacheKey" = $1 AND "waiter"."settledBy" IS NULL AND ${stepIsOpen('"waiter"')}
          ORDER BY "waiter"."waitsSince" LIMIT 1 FOR UPDATE OF "waiter")
       UPDATE "step_waiter" AS "waiter" SET "wakeAt" = clock_timestamp() FROM "next"
        WHERE "waiter"."runId" = "next"."runId" AND "waiter"."stepId" = "next"."stepId"
        RETURNING "waiter"."runId"`,
      [cacheKey],
    );
    return rows.length;
  }

  /** Wake-ups that have been due for at least so long, longest first. */
  async dueWakes(filter: { cacheKey?: string; overdueMs: number; limit: number }): Promise<DueWake[]> {
    return this.manager.query<DueWake[]>(
      `SELECT "runId", "stepId", "temporalWorkflowId", "wakeAt"::text AS "wakeAt" FROM "step_waiter"
        WHERE "wakeAt" <= clock_timestamp() - $1::float8 * interval '1 millisecond'
          AND ($2::text IS NULL OR "cacheKey" = $2)
        ORDER BY step_waiter."wakeAt" LIMIT $3`,
      [filter.overdueMs, filter.cacheKey ?? null, filter.limit],
    );
  }

  /** Notes that wake-ups were sent; one that has become due again since stays. */
  async wakesSent(wakes: readonly DueWake[]): Promise<void> {
    if (wakes.length === 0) return;
    await this.manager.query(
      `UPDATE "step_waiter" AS "waiter" SET "wakeAt" = NULL
         FROM unnest($1::uuid[], $2::text[], $3::text[]) AS "sent" ("runId", "stepId", "wakeAt")
        WHERE "waiter"."runId" = "sent"."runId" AND "waiter"."stepId" = "sent"."stepId"
          AND "waiter"."wakeAt" = "sent"."wakeAt"::timestamptz`,
      [wakes.map(wake => wake.runId), wakes.map(wake => wake.stepId), wakes.map(wake => wake.wakeAt)],
    );
  }
}
