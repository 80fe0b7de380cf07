import { repositories, type DataSource, type Event, type EventFilter } from '@cairn/dao';
import type { http } from '@cairn/dto';
import { Controller, Inject } from '@nestjs/common';
import { DATA_SOURCE } from '../app/tokens.js';
import { NotFoundError } from '../http/api-error.js';
import { readCursor, writeCursor } from '../http/cursor.js';
import { Input, Tenant } from '../http/input.decorators.js';
import { Operation } from '../http/operation.decorator.js';
import type { InputOf } from '../http/read-input.js';
import { given } from '../runs/run-view.js';

@Controller()
export class EventsController {
  constructor(@Inject(DATA_SOURCE) private readonly dataSource: DataSource) {}

  @Operation('listEvents')
  async list(@Tenant() tenantId: string, @Input() { query }: InputOf<'listEvents'>): Promise<http.EventList> {
    const { limit, cursor, runId, type } = query;
    return this.page(tenantId, { limit: limit!, after: readCursor(cursor), runId, type });
  }

  @Operation('listRunEvents')
  async listOfRun(
    @Tenant() tenantId: string,
    @Input() { params, query }: InputOf<'listRunEvents'>,
  ): Promise<http.EventList> {
    const { limit, cursor, type } = query;
    const after = readCursor(cursor);
    if (!(await repositories(this.dataSource).runs.getRun(tenantId, params.id)))
      throw new NotFoundError('run');
    return this.page(tenantId, { limit: limit!, after, runId: params.id, type });
  }

  private async page(tenantId: string, filter: EventFilter): Promise<http.EventList> {
    const page = await repositories(this.dataSource).events.listEvents(tenantId, filter);
    return { items: page.rows.map(eventView), ...(page.next && { nextCursor: writeCursor(page.next) }) };
  }
}

function eventView({ id, type, runId, stepId, attempt, data, createdAt }: Event): http.Event {
  return { id, type, data, createdAt: createdAt.toISOString(), ...given({ runId, stepId, attempt }) };
}
