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

/**
 * After so many executions the history has grown long: each is three to eight events, and Temporal warns of 10,240. It is
 * counted here, as what Temporal suggests is another when local activities are replayed.
 */
const MOST_EXECUTIONS = 1_000;
/** Temporal warns of histories of 10 MB. Characters of requests; answers may have as many. */
const MOST_ASKED = 3 * 1024 * 1024;

/** The items of a map that are under way. */
export class ItemWalks {
  /** Counts up with every item that ends. */
  version = 0;
  active = 0;
  /** Whether an item has failed. */
  failed = false;
  /** Places of items that have ended and of which the records were not told yet. */
  readonly ended: number[] = [];
  private executions = 0;
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

  /** Whether the rest should continue in a new history. */
  get haveGrownLong(): boolean {
    return this.executions >= MOST_EXECUTIONS || this.pace.total >= MOST_ASKED;
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
      execute: node => {
        this.executions += 1;
        return executeNode(node, around as Parameters<typeof executeNode>[1]);
      },
      changed: () => undefined,
    });
    if (walk.firstFailure) this.failed = true;
  }
}
