import type { CairnClient } from '@cairn/client';
import { findOne, named } from './find-one.js';

export const SCHEDULE_ARGUMENT = `name or ${named('schedule')}`;

/** The id of the schedule that somebody named; its own name comes before parts of ids. @throws CliError */
export async function findSchedule(client: CairnClient, name: string): Promise<string> {
  let cursor: string | undefined;
  do {
    const page = await client.listSchedules({ limit: 200, cursor });
    const found = page.items.find(schedule => schedule.name === name);
    if (found) return found.id;
    cursor = page.nextCursor;
  } while (cursor !== undefined);
  return findOne(name, {
    what: 'schedule',
    list: limit => client.listSchedules({ limit }),
    describe: schedule => `${schedule.id}  ${schedule.name}`,
    next: 'cairn schedules list shows them',
  });
}
