import type { EntityManager } from 'typeorm';
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

  /** Writes events, in the caller's transaction when there is one: an event is as true as what it tells of. */
  async append(events: readonly NewEvent[]): Promise<void> {
    for (const event of events)
      await this.manager.query(
        `INSERT INTO "event" ("id", "tenantId", "type", "runId", "stepId", "attempt", "data", "createdAt")
         VALUES ($1, $2, $3, $4, $5, $6, $7::jsonb, clock_timestamp())
         ON CONFLICT ("runId", "stepId", "attempt", "type") WHERE "attempt" IS NOT NULL DO NOTHING`,
        [
          newId(),
          event.tenantId,
          event.type,
          event.runId ?? null,
          event.stepId ?? null,
          event.attempt ?? null,
          JSON.stringify(event.data ?? {}),
        ],
      );
  }

  /** Newest first, a page at a time. */
  async listEvents(tenantId: string, filter: EventFilter): Promise<Page<Event>> {
    const query = this.manager
      .createQueryBuilder(Event, 'event')
      .where('event.tenantId = :tenantId', { tenantId });
    if (filter.runId) query.andWhere('event.runId = :runId', { runId: filter.runId });
    if (filter.type) query.andWhere('event.type = :type', { type: filter.type });
    return readPage(query, 'event', 'DESC', filter.limit, filter.after);
  }
}
