import { transaction, type DataSource, type Repositories, type TerminalRunStatus } from '@cairn/dao';
import { isTerminalRunStatus } from '@cairn/dao';

/** How a run ends, and what becomes of steps that have not ended. */
export interface Settlement {
  readonly status: TerminalRunStatus;
  readonly code?: string;
  readonly message?: string;
  readonly output?: unknown;
}

/**
 * Ends a run and all that is open in it, in one transaction: running steps fail with the run's code, pending ones
 * are skipped, open gates are closed. A run that has ended stays as it is.
 *
 * @returns whether this call ended it.
 */
export async function settleRun(
  dataSource: DataSource,
  run: { tenantId: string; runId: string },
  how: Settlement,
): Promise<boolean> {
  const { tenantId, runId } = run;
  return transaction(dataSource, async tx => {
    const current = await tx.runs.getRun(tenantId, runId);
    if (!current || isTerminalRunStatus(current.status)) return false;
    await endOpenSteps(tx, run, how);
    if (how.status === 'completed') await tx.runs.markRunning(tenantId, runId);
    return tx.runs.finishRun(tenantId, runId, {
      status: how.status,
      error: how.message ?? null,
      errorCode: how.code ?? null,
      output: how.output,
    });
  });
}

/**
 * Ends the steps of a run that have not ended: running ones fail with the run's code, pending ones are skipped. Gates
 * that nobody has decided are closed.
 *
 * @returns whether there were any.
 */
export async function endOpenSteps(
  tx: Pick<Repositories, 'steps' | 'gates'>,
  { tenantId, runId }: { tenantId: string; runId: string },
  how: Settlement,
): Promise<boolean> {
  const failure = {
    error: how.message ?? 'The run ended before the step did',
    errorCode: how.status === 'cancelled' ? 'CANCELLED' : (how.code ?? 'RUN_ENDED'),
  };
  // Pending ones first: a step that begins meanwhile is then seen running, and none is left between the two.
  const ids = (await tx.steps.listSteps(tenantId, runId)).map(({ stepId }) => stepId);
  const reason = how.status === 'cancelled' ? 'cancelled' : 'blocked';
  const skipped = await tx.steps.skipSteps(tenantId, runId, ids, reason);
  const begun = await tx.steps.listSteps(tenantId, runId);
  const running = begun.filter(({ status }) => status === 'running');
  for (const step of running) await tx.steps.failStep(tenantId, runId, step.stepId, failure);
  // After the steps: a gate that opens meanwhile has begun its step, and is seen here.
  const closed = await tx.gates.closeGates(tenantId, runId);
  return skipped.length + running.length + closed > 0;
}
