import { CancellationScope, condition, continueAsNew, setCurrentDetails } from '@temporalio/workflow';
import type { MapRun } from '@cairn/pipeline/run-time';
import { records } from './activities.js';
import type { interpret } from './interpret.js';
import { ItemQueue } from './item-queue.js';
import { ItemWalks } from './item-walks.js';
import { Wakes } from './wakes.js';

/**
 * Walks the items of a map, as many at once as it says. What comes of them is in the records: what is kept here is
 * what is under way. When the history has grown long, what is under way ends, and the rest continues as new.
 *
 * @throws ContinueAsNew
 */
export async function walkMap(map: MapRun): Promise<void> {
  const wakes = new Wakes();
  const opened = await records.openMap(map);
  // It has ended, or its list cannot be mapped over, which is recorded.
  if (opened.kind !== 'open') return;
  const { parallel, failures } = opened.node;
  const queue = new ItemQueue(map, opened.counts);
  const walks = new ItemWalks(map, opened, wakes);
  const tell = () => setCurrentDetails(progressOf(queue.counts, walks.active));
  const stopped = () => failures === 'stop' && (walks.failed || queue.counts.failed > 0);
  const closing = () => stopped() || walks.haveGrownLong;
  tell();
  try {
    for (;;) {
      while (!closing() && walks.active < parallel) {
        const item = queue.next();
        if (!item) break;
        walks.begin(item);
      }
      if (!closing()) queue.refill(parallel, walks);
      if (walks.active === 0 && !queue.isTaking && (closing() || queue.isEmpty)) break;
      const seen = walks.version + queue.version;
      await condition(() => walks.version + queue.version !== seen);
      // A look that failed, a walk that met a defect: not the item's failure, the map's.
      walks.throwDefect();
      queue.throwDefect();
      tell();
    }
  } finally {
    await CancellationScope.nonCancellable(() => condition(() => walks.active === 0));
  }
  if (stopped() || queue.isEmpty) return;
  await continueAsNew<typeof interpret>({ ...map, after: queue.endedUpTo });
}

function progressOf(counts: ItemQueue['counts'], active: number): string {
  const { total, done, cached, failed } = counts;
  return [
    '| items | done | of these cached | failed | under way |',
    '|---|---|---|---|---|',
    `| ${total} | ${done} | ${cached} | ${failed} | ${active} |`,
  ].join('\n');
}
