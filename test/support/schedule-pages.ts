import type { CairnClient, Firing, RunSummary } from '@cairn/client';

/** What came of each time at which a schedule was due, earliest first. */
export async function allFirings(client: CairnClient, id: string): Promise<Firing[]> {
  return (await allPages(cursor => client.listFirings(id, { limit: 200, cursor }))).reverse();
}

/** The runs of a schedule, earliest first. */
export async function allRuns(client: CairnClient, scheduleId: string): Promise<RunSummary[]> {
  return (await allPages(cursor => client.listRuns({ scheduleId, limit: 200, cursor }))).reverse();
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
