import type { CairnClient } from '@cairn/client';

/** What a collection did. */
export interface Collection {
  /** What was collected, or why nothing was, in words. */
  readonly said: string;
  /** Whether what nothing needs must be gone now. */
  readonly done: boolean;
}

interface Amount {
  readonly count: number;
  readonly bytes: number;
}
/** Of the API's answer, what is looked at here. */
interface Answer {
  readonly blobs: Amount;
  readonly unrecorded: Amount;
  readonly leftovers?: Amount;
  readonly remains: Readonly<Record<string, number>>;
  readonly failed: number;
}

/** A file that no row stood for is given one by the first round, and goes with the second. */
const ROUNDS = 2;

/**
 * Collects everything that is not in use, with grace 0.
 * @throws Error when the API refuses
 */
export async function collect({ baseUrl }: CairnClient): Promise<Collection> {
  const said: string[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const response = await fetch(`${baseUrl}/v1/store/collections`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ grace: '0' }),
    });
    if (response.status === 404) return { said: 'left out: the API has no collection', done: false };
    if (!response.ok) throw new Error(`The collection was refused: ${await response.text()}`);
    const { blobs, unrecorded, leftovers, remains, failed } = (await response.json()) as Answer;
    const rows = Object.values(remains).reduce((sum, count) => sum + count, 0);
    said.push(
      `${blobs.count} blobs (${blobs.bytes} bytes), ${unrecorded.count} unrecorded files, ` +
        `${leftovers?.count ?? 0} incomplete files, ${rows} rows, ${failed} failures`,
    );
  }
  return { said: said.join('; then '), done: true };
}
