import type { EntityManager } from 'typeorm';
import { currentActor } from '../actor.js';
import { newId } from '../ids.js';
import type { NewEvent } from './new-event.js';

/** What happened to a tenant's runs and store. */
export class EventRepository {
  constructor(private readonly manager: EntityManager) {}

  /**
   * Writes events in one statement, in the caller's transaction when there is one: an event is as true as what it tells
   * of. It names on whose behalf it happened (`asActor`), and gets its place in the log after the commit.
   */
  async append(events: readonly NewEvent[]): Promise<void> {
    if (events.length === 0) return;
    const actor = currentActor() ?? null;
    await this.manager.query(
      `INSERT INTO "event" ("id", "tenantId", "type", "runId", "stepId", "attempt", "data", "actor", "createdAt")
       SELECT "id", "tenantId", "type", "runId", "stepId", "attempt", COALESCE("data", '{}'), $2, clock_timestamp()
         FROM jsonb_to_recordset($1::jsonb) AS "new"
              ("id" uuid, "tenantId" text, "type" text, "runId" uuid, "stepId" text, "attempt" integer, "data" jsonb)
       ON CONFLICT ("runId", "stepId", "attempt", "type") WHERE "attempt" IS NOT NULL DO NOTHING`,
      [JSON.stringify(events.map(event => ({ ...event, id: newId() }))), actor],
    );
  }
}
