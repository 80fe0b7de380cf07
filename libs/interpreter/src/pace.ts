import { sleep } from '@temporalio/workflow';

/**
 * What is asked of activities at once at most, as JSON. Temporal takes 4 MB in one call and ends a workflow that says
 * more at once; a character has three bytes at most, and what else a task says has room too. Characters.
 */
const MOST_AT_ONCE = 1024 * 1024;

/**
 * Spreads large requests over several workflow tasks. It counts by itself, as what Temporal says of a task, such as the
 * length of its history, is another when local activities are replayed.
 */
export class Pace {
  /** All that has been asked, as JSON. Characters. */
  total = 0;
  private asked = 0;
  private nextTask: Promise<void> | undefined;

  /** Resolves when there is room for a request; one is always let through. */
  async room(request: unknown): Promise<void> {
    const size = JSON.stringify(request).length;
    while (this.asked > 0 && this.asked + size > MOST_AT_ONCE) {
      this.nextTask ??= this.breathe();
      await this.nextTask;
    }
    this.asked += size;
    this.total += size;
  }

  /** Whatever a timer brings about belongs to another task. */
  private async breathe(): Promise<void> {
    try {
      await sleep(1);
    } finally {
      this.asked = 0;
      this.nextTask = undefined;
    }
  }
}
