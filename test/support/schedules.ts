import type { CairnClient, Firing, RunSummary } from '@cairn/client';
import { waitUntil } from './wait-until.js';

/** What came of each time at which a schedule was due, earliest first. */
export async function allFirings(client: CairnClient, id: string): Promise<Firing[]> {
  return (await allPages(cursor => client.listFirings(id, { limit: 200, cursor }))).reverse();
}

/** The runs of a schedule, earliest first. */
export async function allRuns(client: CairnClient, scheduleId: string): Promise<RunSummary[]> {
  return (await allPages(cursor => client.listRuns({ scheduleId, limit: 200, cursor }))).reverse();
}

/**
 * What came of all that was due until then, earliest first; undefined while that is not known. Times are noted in their
 * order, so all are when a later one is, or when nothing is due any more.
 */
export async function judgedUntil(
  client: CairnClient,
  id: string,
  end: number,
): Promise<Firing[] | undefined> {
  const all = await allFirings(client, id);
  const due = all.filter(({ dueAt }) => Date.parse(dueAt) <= end);
  const isNoted = all.length > due.length || (await client.getSchedule(id)).remainingActions === 0;
  return isNoted && due.every(({ outcome }) => outcome !== 'pending') ? due : undefined;
}

/** Resolves when Temporal has been told all that is wanted of a schedule. */
export async function synced(client: CairnClient, id: string): Promise<void> {
  await waitUntil('Temporal has been told', async () => (await client.getSchedule(id)).synced, 60_000);
}

/** The items of all pages of a list. */
export async function allPages<T>(
  page: (cursor: string | undefined) => Promise<{ items: readonly T[]; nextCursor?: string }>,
): Promise<T[]> {
  const found: T[] = [];
  let cursor: string | undefined;
  do {
    const { items, nextCursor } = await page(cursor);
    found.push(...items);
    cursor = nextCursor;
  } while (cursor !== undefined);
  return found;
}
