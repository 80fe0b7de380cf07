import { isCancellation, workflowInfo } from '@temporalio/workflow';
import {
  itemStepId,
  MOST_PARALLEL,
  stepRequest,
  walkOfItem,
  type MapRun,
  type OpenedMap,
  type OpenItem,
  type StepNode,
} from '@cairn/pipeline/run-time';
import { executeNode } from './execute-node.js';
import { Pace } from './pace.js';
import { Repairs } from './repairs.js';
import { Slots } from './slots.js';
import type { Wakes } from './wakes.js';
import { walkNodes } from './walk-nodes.js';

/** The items of a map that are under way. */
export class ItemWalks {
  /** Counts up with every item that ends. */
  version = 0;
  active = 0;
  /** Whether an item has failed. */
  failed = false;
  /** Places of items that have ended and of which the records were not told yet. */
  readonly ended: number[] = [];
  private defect: { readonly error: unknown } | undefined;
  private readonly slots = new Slots(MOST_PARALLEL);
  private readonly pace = new Pace();
  private readonly repairs: Repairs;

  constructor(
    private readonly map: MapRun,
    private readonly opened: OpenedMap,
    private readonly wakes: Wakes,
  ) {
    const { workflowId, taskQueue } = workflowInfo();
    this.repairs = new Repairs({ run: map, workflowId, taskQueue, pace: this.pace });
  }

  begin(item: OpenItem): void {
    this.active += 1;
    void this.walk(item);
  }

  /** @throws what went wrong beside the items' own steps, or the cancellation */
  throwDefect(): void {
    if (this.defect) throw this.defect.error;
  }

  private async walk(item: OpenItem): Promise<void> {
    try {
      await this.walkItem(item);
      this.ended.push(item.position);
    } catch (error) {
      // The cancellation reaches all of them: the first says it.
      if (!this.defect || isCancellation(error)) this.defect = { error };
    } finally {
      this.active -= 1;
      this.version += 1;
    }
  }

  private async walkItem(item: OpenItem): Promise<void> {
    const { map, opened, wakes, repairs, slots, pace } = this;
    const { taskQueue, workflowId } = workflowInfo();
    const run = { runId: map.runId, tenantId: map.tenantId };
    const walk = walkOfItem(opened, item);
    const name = { mapStepId: map.mapStepId, key: item.key };
    const nameOf = (id: string) => itemStepId(map.mapStepId, item.key, id);
    const requestOf = (step: StepNode) =>
      stepRequest({ run, workflowId, setting: opened, item: name }, walk, step);
    const around = {
      ...{ run, taskQueue, wakes, repairs, slots, pace, requestOf, nameOf },
      waits: (id: string, waiting: boolean) => walk.wait(id, waiting),
      input: (node: Parameters<typeof walk.input>[0]) => walk.input(node, { keyed: false }),
    };
    await walkNodes({
      run,
      walk,
      misses: new Set(item.misses),
      nameOf,
      requestOf,
      execute: node => executeNode(node, around as Parameters<typeof executeNode>[1]),
      changed: () => undefined,
    });
    if (walk.firstFailure) this.failed = true;
  }
}
