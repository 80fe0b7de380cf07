import { randomUUID } from 'node:crypto';
import type { Run } from '@cairn/client';
import type { ApiAccess } from './api-access.js';
import { lastRunOf, rememberRun } from './last-run.js';
import { hasEnded } from './records.js';

/**
 * The run of a request: the one that an earlier start asked for in the same words, if it has not ended, or a new one.
 * The key of a new one is kept before it is asked for: however a start is interrupted, the next one finds its run.
 */
export async function openRun(
  api: Pick<ApiAccess, 'startRun' | 'existingRun'>,
  {
    home,
    workflow,
    trigger,
  }: { readonly home: string; readonly workflow: string; readonly trigger: unknown },
  screen: { line(text: string): void },
): Promise<Run> {
  const goingOn = (run: Run) => screen.line(`  Going on with run ${run.id}, which has not ended yet`);
  const last = await lastRunOf(home, workflow, trigger);
  if (last?.runId !== undefined) {
    const earlier = await api.existingRun(last.runId);
    if (earlier && !hasEnded(earlier)) {
      goingOn(earlier);
      return earlier;
    }
  } else if (last?.idempotencyKey !== undefined) {
    const { idempotencyKey } = last;
    const { run, replayed } = await api.startRun(workflow, trigger, idempotencyKey);
    if (!hasEnded(run)) {
      if (replayed) goingOn(run);
      await rememberRun(home, workflow, trigger, { idempotencyKey, runId: run.id });
      return run;
    }
  }
  const idempotencyKey = randomUUID();
  await rememberRun(home, workflow, trigger, { idempotencyKey });
  const { run } = await api.startRun(workflow, trigger, idempotencyKey);
  await rememberRun(home, workflow, trigger, { idempotencyKey, runId: run.id });
  return run;
}
