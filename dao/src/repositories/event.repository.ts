import type { EntityManager } from 'typeorm';
import { currentActor } from '../actor.js';
import { Event } from '../entities/event.entity.js';
import { newId } from '../ids.js';
import type { NewEvent } from './new-event.js';
import { type Page, type PagePosition, readPage } from './paging.js';

/** Which events to list. */
export interface EventFilter {
  limit: number;
  after?: PagePosition;
  runId?: string;
  type?: string;
}

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

  /** What is recorded, newest first, a page at a time; with or without a place in the log. */
  async listEvents(tenantId: string, filter: EventFilter): Promise<Page<Event>> {
    const query = this.manager
      .createQueryBuilder(Event, 'event')
      .where('event.tenantId = :tenantId', { tenantId });
    if (filter.runId) query.andWhere('event.runId = :runId', { runId: filter.runId });
    if (filter.type) query.andWhere('event.type = :type', { type: filter.type });
    return readPage(query, 'event', 'DESC', filter.limit, filter.after);
  }
}
