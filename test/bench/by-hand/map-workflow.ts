import { CancellationScope, continueAsNew, proxyActivities, workflowInfo } from '@temporalio/workflow';
import type { Activities } from './activities.js';

const { writePage, endRun } = proxyActivities<Activities>({
  startToCloseTimeout: '10 minutes',
  retry: { maximumAttempts: 3, initialInterval: '1s' },
});

export interface ItemsRun {
  readonly runId: string;
  readonly value: string;
  /** Milliseconds that each item waits. */
  readonly pause: number;
  readonly count: number;
  readonly parallel: number;
  /** Items that are done: the rest continues as new when the history has grown long. */
  readonly done?: number;
}

/** A page for each of `count` items, `parallel` at once. The run's row is there when it begins. */
export async function items(run: ItemsRun): Promise<void> {
  const { runId, value, pause, count, parallel } = run;
  let next = run.done ?? 0;
  const lane = async () => {
    while (next < count && !workflowInfo().continueAsNewSuggested) {
      const label = `n${next}`;
      next += 1;
      await writePage({ runId, stepId: label, input: { label, value, pause, from: [] } });
    }
  };
  try {
    await Promise.all(Array.from({ length: parallel }, lane));
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    await CancellationScope.nonCancellable(() => endRun({ runId, status: 'failed', error: message }));
    throw error;
  }
  if (next < count) await continueAsNew<typeof items>({ ...run, done: next });
  await endRun({ runId, status: 'completed' });
}
