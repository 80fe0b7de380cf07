import type { Event } from '@cairn/client';
import type { events } from '@cairn/dto';

let position = 0;

/** An event of a run, at 09:00:00 UTC unless told otherwise. */
export function anEvent<T extends events.EventTypeName>(
  runid: string,
  type: T,
  data: events.EventData<T>,
  more: Partial<Event> = {},
): Event {
  position += 1;
  return {
    specversion: '1.0',
    id: '0193a5f0-0000-7000-8000-0000000000ee',
    source: '/tenants/local',
    type,
    time: '2026-11-21T09:00:00.000Z',
    datacontenttype: 'application/json',
    dataschema: `urn:cairn:event:${type}`,
    tenantid: 'local',
    position,
    runid,
    data: data as Event['data'],
    ...more,
  };
}
