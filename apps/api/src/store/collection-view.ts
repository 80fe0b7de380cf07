import type { http } from '@cairn/dto';
import type { CollectionReport } from '@cairn/engine';
import { toDuration } from './durations.js';

/** What a collection did, as the API tells it. */
export function collectionView({ graceMs, ...figures }: CollectionReport): http.Collection {
  return { grace: toDuration(graceMs), ...figures };
}
