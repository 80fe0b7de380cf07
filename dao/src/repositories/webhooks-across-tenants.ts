import type { EntityManager } from 'typeorm';
import type { DeliveryAttempt } from '../entities/webhook-delivery.entity.js';
import { Webhook } from '../entities/webhook.entity.js';
import { newId } from '../ids.js';
import type { LoggedEvent } from './event-log.js';
import { returning } from './sql.js';
import { typeFilters } from './type-filters.js';

/** A webhook that has not been given all of its tenant's log. */
export interface BehindWebhook {
  readonly webhook: Webhook;
  /** The position of the latest event. */
  readonly head: number;
}

/** A webhook to which something is to be sent now. */
export interface DueWebhook {
  readonly id: string;
  readonly tenantId: string;
}

/** A delivery that this process is to attempt; nobody else does before the lease is over. */
export interface TakenDelivery {
  readonly id: string;
  readonly tenantId: string;
  readonly webhookId: string;
  readonly eventId: string;
  readonly body: string;
  /** Of this attempt; the fencing token of its record. */
  readonly attempts: number;
  readonly earlierAttempts: number;
}

/** How an attempt ended. */
export interface AttemptEnd {
  readonly attempt: DeliveryAttempt;
  readonly delivered: boolean;
  /** Milliseconds from now; absent when there is no other attempt. */
  readonly nextInMs?: number | undefined;
}

/** The latest attempts of a delivery that are kept. */
const MOST_ATTEMPTS_KEPT = 20;

/** What the courier does for all tenants at once. Webhooks are locked before their deliveries. */
export class WebhooksAcrossTenants {
  constructor(private readonly manager: EntityManager) {}

  /** One webhook that is behind its tenant's log, locked until the transaction ends; others skip it meanwhile. */
  async lockBehind(): Promise<BehindWebhook | undefined> {
    const found = await this.manager
      .createQueryBuilder(Webhook, 'webhook')
      .innerJoin(
        'event_head',
        'head',
        'head."tenantId" = webhook.tenantId AND head."position" > webhook.position',
      )
      .addSelect('head."position"', 'headPosition')
      .where(`webhook.status = 'enabled'`)
      .limit(1)
      .setLock('for_no_key_update', undefined, ['webhook'])
      .setOnLocked('skip_locked')
      .getRawAndEntities<{ headPosition: string }>();
    const [webhook] = found.entities;
    return webhook && { webhook, head: Number(found.raw[0]!.headPosition) };
  }

  /** Events of a webhook's types from after its position to another one, in order. */
  async findWanted(
    { tenantId, position, types }: Webhook,
    to: number,
    limit: number,
  ): Promise<LoggedEvent[]> {
    const { exact, prefixes } = typeFilters(types);
    const rows = await this.manager.query<(Omit<LoggedEvent, 'position'> & { position: string })[]>(
      `SELECT "id", "tenantId", "position", "type", "runId", "stepId", "attempt", "actor", "data", "createdAt"
         FROM "event" WHERE "tenantId" = $1 AND "position" > $2 AND "position" <= $3
          AND ("type" = ANY($4) OR "type" ^@ ANY($5))
        ORDER BY "position" LIMIT $6`,
      [tenantId, position, to, exact, prefixes, limit],
    );
    return rows.map(row => ({ ...row, position: Number(row.position) }));
  }

  /** Has an event delivered to a webhook. One that is replayed is sent again, unless it has arrived or all are. */
  async insertDelivery(
    { id, tenantId, replayTo, replayAll }: Webhook,
    event: LoggedEvent,
    body: string,
  ): Promise<void> {
    const replayed = replayTo !== null && event.position <= replayTo;
    await this.manager.query(
      `INSERT INTO "webhook_delivery" AS "d" ("id", "tenantId", "webhookId", "eventId", "eventType", "position", "body",
                                              "nextAttemptAt", "createdAt")
       VALUES ($1, $2, $3, $4, $5, $6, $7, clock_timestamp(), clock_timestamp())
       ON CONFLICT ("webhookId", "eventId") DO UPDATE
          SET "status" = 'pending', "nextAttemptAt" = clock_timestamp(), "endedAt" = NULL,
              "earlierAttempts" = "d"."attempts"
        WHERE $8 AND "d"."status" <> 'pending' AND ($9 OR "d"."status" <> 'delivered')`,
      [newId(), tenantId, id, event.id, event.type, event.position, body, replayed, replayAll],
    );
  }

  /** The webhook has a delivery of everything up to a position. */
  async advance({ id, replayTo }: Webhook, position: number): Promise<void> {
    const replaying = replayTo !== null && position < replayTo;
    await this.manager.query(
      `UPDATE "webhook" SET "position" = $2, "replayTo" = CASE WHEN $3 THEN "replayTo" END,
              "replayAll" = "replayAll" AND $3 WHERE "id" = $1`,
      [id, position, replaying],
    );
  }

  /** Webhooks that something is due to, without some, in an order that is another one each time. */
  async findDue(without: readonly string[], limit: number): Promise<DueWebhook[]> {
    return this.manager.query<DueWebhook[]>(
      `SELECT "id", "tenantId" FROM "webhook"
        WHERE "status" = 'enabled' AND "id" <> ALL($1::uuid[])
          AND EXISTS (SELECT FROM "webhook_delivery" "d" WHERE "d"."webhookId" = "webhook"."id"
                         AND "d"."status" = 'pending' AND "d"."nextAttemptAt" <= clock_timestamp())
        ORDER BY random() LIMIT $2`,
      [without, limit],
    );
  }

  /** How long it is until something is due that is not due yet; null when there is nothing. Milliseconds. */
  async nextDueIn(): Promise<number | null> {
    const [row] = await this.manager.query<{ ms: number | null }[]>(
      `SELECT (extract(epoch FROM min("nextAttemptAt") - clock_timestamp()) * 1000)::float8 AS "ms"
         FROM "webhook_delivery" WHERE "status" = 'pending' AND "nextAttemptAt" > clock_timestamp()`,
    );
    return row?.ms ?? null;
  }

  /** Begins attempts at what is due to a webhook: those that wait longest, which others then leave alone for a while. */
  async take(webhookId: string, limit: number, leaseMs: number): Promise<TakenDelivery[]> {
    return returning<TakenDelivery>(
      this.manager,
      `UPDATE "webhook_delivery"
          SET "attempts" = "attempts" + 1, "nextAttemptAt" = clock_timestamp() + $3::float8 * interval '1 millisecond'
        WHERE "id" IN (SELECT "id" FROM "webhook_delivery"
                        WHERE "webhookId" = $1 AND "status" = 'pending' AND "nextAttemptAt" <= clock_timestamp()
                        ORDER BY "nextAttemptAt", "position" LIMIT $2 FOR UPDATE SKIP LOCKED)
        RETURNING "id", "tenantId", "webhookId", "eventId", "body", "attempts", "earlierAttempts"`,
      [webhookId, limit, leaseMs],
    );
  }

  /**
   * Records how an attempt ended. That it arrived is true whoever has begun another attempt meanwhile; that it did not
   * is for the latest to say.
   * @returns whether it was recorded
   */
  async endAttempt(
    { id, attempts }: TakenDelivery,
    { attempt, delivered, nextInMs }: AttemptEnd,
  ): Promise<boolean> {
    const status = delivered ? 'delivered' : nextInMs === undefined ? 'failed' : 'pending';
    const rows = await returning<unknown>(
      this.manager,
      `UPDATE "webhook_delivery"
          SET "status" = $3,
              "nextAttemptAt" = CASE WHEN $3 = 'pending'
                THEN clock_timestamp() + $4::float8 * interval '1 millisecond' END,
              "endedAt" = CASE WHEN $3 <> 'pending' THEN clock_timestamp() END,
              "log" = (CASE WHEN jsonb_array_length("log") >= ${MOST_ATTEMPTS_KEPT} THEN "log" - 0 ELSE "log" END) || $5::jsonb
        WHERE "id" = $1 AND CASE WHEN $6 THEN "status" <> 'delivered'
                                 ELSE "status" = 'pending' AND "attempts" = $2 END
        RETURNING 1`,
      [id, attempts, status, nextInMs ?? null, JSON.stringify([attempt]), delivered],
    );
    return rows.length > 0;
  }

  /** Gives an attempt back that was not made; it is due again after a while. */
  async giveBack({ id, attempts }: TakenDelivery, dueInMs: number): Promise<void> {
    await this.manager.query(
      `UPDATE "webhook_delivery" SET "nextAttemptAt" = clock_timestamp() + $3::float8 * interval '1 millisecond'
        WHERE "id" = $1 AND "attempts" = $2 AND "status" = 'pending'`,
      [id, attempts, dueInMs],
    );
  }

  /** Something arrived at a webhook. */
  async noteSuccess(webhookId: string): Promise<void> {
    await this.manager.query(
      `UPDATE "webhook" SET "failures" = 0, "failingSince" = NULL WHERE "id" = $1 AND "failures" > 0`,
      [webhookId],
    );
  }

  /** Something did not arrive at a webhook. @returns for how long nothing has arrived by now, in milliseconds */
  async noteFailure(webhookId: string): Promise<number> {
    const [row] = await returning<{ ms: number }>(
      this.manager,
      `UPDATE "webhook" SET "failures" = "failures" + 1, "failingSince" = COALESCE("failingSince", clock_timestamp())
        WHERE "id" = $1
        RETURNING (extract(epoch FROM clock_timestamp() - "failingSince") * 1000)::float8 AS "ms"`,
      [webhookId],
    );
    return row?.ms ?? 0;
  }

  /** Forgets secrets that no longer sign, and deliveries that ended long ago. @returns how many deliveries */
  async forgetOld(keepMs: number, limit: number): Promise<number> {
    await this.manager.query(
      `UPDATE "webhook" SET "previousSecret" = NULL, "previousSecretUntil" = NULL
        WHERE "previousSecretUntil" < clock_timestamp()`,
    );
    const rows = await returning<unknown>(
      this.manager,
      `DELETE FROM "webhook_delivery" WHERE "id" IN (
         SELECT "id" FROM "webhook_delivery" WHERE "endedAt" < clock_timestamp() - $1::float8 * interval '1 millisecond'
          LIMIT $2 FOR UPDATE SKIP LOCKED) RETURNING 1`,
      [keepMs, limit],
    );
    return rows.length;
  }
}
