import { events, http } from '@cairn/dto';
import { Controller } from '@nestjs/common';
import { Operation } from '../http/operation.decorator.js';

/** What can happen, for those who read events. */
@Controller()
export class EventTypesController {
  @Operation('listEventTypes')
  list(): http.EventTypeList {
    return { items: Object.entries(events.EVENT_TYPES).map(([type, known]) => view(type, known)) };
  }
}

function view(type: string, { says, schema }: events.EventType): http.EventTypeView {
  const dialect = 'https://json-schema.org/draft/2020-12/schema';
  return { type, says, schema: { $schema: dialect, $id: http.eventSchemaUri(type), ...schema } };
}
