import type { DataSource } from 'typeorm';
import { tellCommitted } from '../committed-events.js';
import { EventRepository } from './event.repository.js';
import type { NewEvent } from './new-event.js';

/** Events outside any transaction: each call is one of its own, and told once it is committed. */
export class ToldEvents extends EventRepository {
  constructor(private readonly dataSource: DataSource) {
    super(dataSource.manager);
  }

  override async append(events: readonly NewEvent[]): Promise<void> {
    await super.append(events);
    tellCommitted(this.dataSource, events);
  }
}
