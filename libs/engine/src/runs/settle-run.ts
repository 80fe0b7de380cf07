import {
  transaction,
  type DataSource,
  type Repositories,
  type RunStep,
  type TerminalRunStatus,
} from '@cairn/dao';
import { isTerminalRunStatus } from '@cairn/dao';
import { gateEvent } from '../gates/gate-events.js';

/** How a run ends, and what becomes of steps that have not ended. */
export interface Settlement {
  readonly status: TerminalRunStatus;
  readonly code?: string;
  readonly message?: string;
  readonly output?: unknown;
}

/**
 * Ends a run and all that is open in it, in one transaction: running steps fail with the run's code, pending ones
 * are skipped, open gates are closed. A run that has ended stays as it is. Where runs of the tenant wait for their
 * turn, the next one has it.
 *
 * @param gave called after the commit when it gave turns; without it they are told a moment later
 * @returns whether this call ended it.
 */
export async function settleRun(
  dataSource: DataSource,
  run: { tenantId: string; runId: string },
  how: Settlement,
  gave: () => void = () => undefined,
): Promise<boolean> {
  const { tenantId, runId } = run;
  let turns = 0;
  const ended = await transaction(dataSource, async tx => {
    const current = await tx.runs.getRun(tenantId, runId);
    if (!current || isTerminalRunStatus(current.status)) return false;
    await endOpenSteps(tx, run, how);
    if (how.status === 'completed' && current.status === 'queued') await tx.runs.markRunning(tenantId, runId);
    const finished = await tx.runs.finishRun(tenantId, runId, {
      status: how.status,
      error: how.message ?? null,
      errorCode: how.code ?? null,
      output: how.output,
    });
    // A run that another has started had no turn of its own.
    if (finished && current.parentRunId === null) turns = (await tx.turns.giveTurns(tenantId)).length;
    return finished;
  });
  if (turns > 0) gave();
  return ended;
}

/**
 * Ends the steps of a run that have not ended: running ones fail with the run's code, pending ones are skipped. Gates
 * that nobody has decided are closed.
 *
 * @returns whether there were any.
 */
export async function endOpenSteps(
  tx: Pick<Repositories, 'steps' | 'gates' | 'events'>,
  { tenantId, runId }: { tenantId: string; runId: string },
  how: Settlement,
): Promise<boolean> {
  const failure = {
    error: how.message ?? 'The run ended before the step did',
    errorCode: how.status === 'cancelled' ? 'CANCELLED' : (how.code ?? 'RUN_ENDED'),
  };
  const reason = how.status === 'cancelled' ? 'cancelled' : 'blocked';
  const open = () => tx.steps.listOpenSteps(tenantId, runId);
  const skip = async (steps: readonly Pick<RunStep, 'stepId'>[]) => {
    const ids = steps.map(({ stepId }) => stepId);
    return (await tx.steps.skipSteps(tenantId, runId, ids, reason)).length > 0;
  };
  const found = await open();
  let ended = false;
  if (found.length > 0) {
    // Pending ones first: a step that begins meanwhile is then seen running, and none is left between the two.
    const skipped = await skip(found);
    const running = (await open()).filter(({ status }) => status === 'running');
    for (const step of running) await tx.steps.failStep(tenantId, runId, step.stepId, failure);
    // A map that was running may have got steps of more items meanwhile; now that it has ended it gets no more.
    const late = await skip(await open());
    ended = skipped || late || running.length > 0;
  }
  // After the steps: a gate that opens meanwhile has begun its step, and is seen here.
  const closed = await tx.gates.closeGates(tenantId, runId);
  await tx.events.append(closed.map(gate => gateEvent(gate)));
  return ended || closed.length > 0;
}
