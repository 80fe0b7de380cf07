import type { CairnClient } from '@cairn/client';

/** What a collection did. */
export interface Collection {
  /** What was collected, or why nothing was, in words. */
  readonly said: string;
  /** Whether what no row names must be gone now. */
  readonly done: boolean;
}

/** Collects everything that is not in use, with grace 0. This release of Cairn has no collection. */
export function collect(_client: CairnClient): Promise<Collection> {
  return Promise.resolve({ said: 'not collected: the API has no collection', done: false });
}
