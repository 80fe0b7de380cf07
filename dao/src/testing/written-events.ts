import type { DataSource } from 'typeorm';
import { Event } from '../entities/event.entity.js';

/** What is recorded of a tenant, or of one run, newest first; with or without a place in the log. */
export async function writtenEvents(
  dataSource: DataSource,
  tenantId: string,
  runId?: string,
): Promise<Event[]> {
  return dataSource.manager.find(Event, {
    where: { tenantId, ...(runId !== undefined && { runId }) },
    order: { createdAt: 'DESC', id: 'DESC' },
  });
}
