import { CancellationScope, proxyActivities } from '@temporalio/workflow';
import { LEVELS } from '../../fixtures/bench-workflows/levels.js';
import type { Activities, StoredPage } from './activities.js';

const { writePage, endRun } = proxyActivities<Activities>({
  startToCloseTimeout: '10 minutes',
  retry: { maximumAttempts: 3, initialInterval: '1s' },
});

export interface LevelsRun {
  readonly runId: string;
  readonly value: string;
  /** Milliseconds that each step waits. */
  readonly pause: number;
}

/** Nine steps on five levels. The run's row is there when it begins. */
export async function levels({ runId, value, pause }: LevelsRun): Promise<void> {
  try {
    let pages: readonly StoredPage[] = [];
    for (const level of LEVELS) {
      const from = pages;
      pages = await Promise.all(
        level.map(label => writePage({ runId, stepId: label, input: { label, value, pause, from } })),
      );
    }
    await endRun({ runId, status: 'completed' });
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    await CancellationScope.nonCancellable(() => endRun({ runId, status: 'failed', error: message }));
    throw error;
  }
}
