import type { DataSource } from 'typeorm';

/** How much there is of what is under way, of all tenants together. */
export interface Census {
  readonly runsRunning: number;
  readonly runsQueued: number;
  /** Of the queued ones, those that wait for their turn, as their tenant runs as many at once as it may. */
  readonly runsWaitingForTurn: number;
  /** Keys that a step holds, to execute what they stand for. */
  readonly claimsHeld: number;
  /** Of these, whose lease has run out: their workers died or hang. */
  readonly claimsExpired: number;
  /** Steps that wait for somebody else's execution of the same. */
  readonly stepsWaiting: number;
  readonly gatesOpen: number;
  readonly webhookDeliveriesPending: number;
  /** The oldest delivery that is due and was not tried; 0 when there is none. Milliseconds. */
  readonly webhookDeliveryLateMs: number;
}

/**
 * Counts what is under way. Each part reads an index, or a table, of what is under way alone: what has ended costs
 * nothing, however much that is.
 *
 * @param timeoutMs the database gives up after it
 * @throws what the database throws
 */
export async function takeCensus(dataSource: DataSource, timeoutMs: number): Promise<Census> {
  return dataSource.transaction(async manager => {
    await manager.query(`SELECT set_config('statement_timeout', $1, true)`, [String(timeoutMs)]);
    const [census] = await manager.query<[Census]>(COUNT);
    return census;
  });
}

const COUNT = `
  SELECT "runs".*, "claims".*, "deliveries".*,
         (SELECT count(*)::int FROM "step_waiter" WHERE "settledBy" IS NULL) AS "stepsWaiting",
         (SELECT count(*)::int FROM "gate" WHERE "status" = 'open') AS "gatesOpen"
    FROM (SELECT (count(*) FILTER (WHERE "status" = 'running'))::int AS "runsRunning",
                 (count(*) FILTER (WHERE "status" = 'queued'))::int AS "runsQueued",
                 (count(*) FILTER (WHERE "status" = 'queued' AND "turnAskedAt" IS NOT NULL
                                     AND "turnGivenAt" IS NULL))::int AS "runsWaitingForTurn"
            FROM "run" WHERE "status" IN ('queued', 'running')) AS "runs",
         (SELECT (count(*) FILTER (WHERE "expiresAt" > now()))::int AS "claimsHeld",
                 (count(*) FILTER (WHERE "expiresAt" <= now()))::int AS "claimsExpired"
            FROM "step_claim") AS "claims",
         (SELECT count(*)::int AS "webhookDeliveriesPending",
                 coalesce(greatest(0, extract(epoch FROM now() - min("nextAttemptAt")) * 1000), 0)::float
                   AS "webhookDeliveryLateMs"
            FROM "webhook_delivery" WHERE "status" = 'pending') AS "deliveries"`;
