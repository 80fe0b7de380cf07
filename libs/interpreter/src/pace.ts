import { sleep, workflowInfo } from '@temporalio/workflow';

/**
 * What one workflow task asks activities for at most, as JSON. Temporal takes 4 MB in one call and ends a workflow that
 * says more at once; a character has three bytes at most, and what else the task says has room too. Characters.
 */
const MOST_AT_ONCE = 1024 * 1024;

/** Spreads large requests over several workflow tasks. */
export class Pace {
  /** The task that this counts for, by the length of the history that it began with. */
  private task = -1;
  private asked = 0;
  private nextTask: Promise<void> | undefined;

  /** Resolves when there is room for a request in the task; one is always let through. */
  async room(request: unknown): Promise<void> {
    const size = JSON.stringify(request).length;
    for (;;) {
      const { historyLength } = workflowInfo();
      if (historyLength !== this.task) {
        this.task = historyLength;
        this.asked = 0;
      }
      if (this.asked === 0 || this.asked + size <= MOST_AT_ONCE) break;
      // Whatever a timer brings about belongs to another task.
      this.nextTask ??= sleep(1).finally(() => (this.nextTask = undefined));
      await this.nextTask;
    }
    this.asked += size;
  }
}
