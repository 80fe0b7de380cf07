import type { ItemCounts, MapRun, OpenItem } from '@cairn/pipeline/run-time';
import { workflowInfo } from '@temporalio/workflow';
import { records } from './activities.js';
import type { ItemWalks } from './item-walks.js';

/** Items that are asked for at once at most: each comes with its value. */
const MOST_WANTED = 50;
/** Ends of items are told after so many at the latest, so that progress can be followed. */
const MOST_UNTOLD = 25;

/** Open items of a map, taken from the records before they are needed. */
export class ItemQueue {
  /** Counts up with every look at the records that has ended. */
  version = 0;
  private readonly items: OpenItem[] = [];
  private taking = false;
  private exhausted: boolean;
  private upTo: number;
  private defect: { readonly error: unknown } | undefined;

  constructor(
    private readonly map: MapRun,
    public counts: ItemCounts,
  ) {
    this.upTo = map.after;
    this.exhausted = this.upTo >= counts.total - 1;
  }

  next(): OpenItem | undefined {
    return this.items.shift();
  }

  get isTaking(): boolean {
    return this.taking;
  }

  /** Whether there is no item left, here or in the records. */
  get isEmpty(): boolean {
    return this.exhausted && this.items.length === 0;
  }

  /** The place up to which all items have ended, once nothing is under way. */
  get endedUpTo(): number {
    const [first] = this.items;
    return first ? first.position - 1 : this.upTo;
  }

  /** Looks for more when there may soon be too few, or when there are ends to tell. */
  refill(parallel: number, walks: ItemWalks): void {
    const low = !this.exhausted && this.items.length < Math.min(parallel, MOST_WANTED);
    if (this.taking || !(low || walks.ended.length >= MOST_UNTOLD)) return;
    this.taking = true;
    const wanted = low ? Math.min(parallel, MOST_WANTED) : 0;
    void this.take(wanted, walks.ended.splice(0));
  }

  /** @throws what the last look met */
  throwDefect(): void {
    if (this.defect) throw this.defect.error;
  }

  private async take(wanted: number, ended: readonly number[]): Promise<void> {
    const { runId, tenantId, mapStepId } = this.map;
    const { workflowId } = workflowInfo();
    try {
      const { items, upTo, counts } = await records.takeItems({
        ...{ runId, tenantId, mapStepId, workflowId },
        after: this.upTo,
        wanted,
        ended,
      });
      this.items.push(...items);
      this.upTo = upTo;
      this.counts = counts;
      this.exhausted = upTo >= counts.total - 1;
    } catch (error) {
      this.defect = { error };
    } finally {
      this.taking = false;
      this.version += 1;
    }
  }
}
