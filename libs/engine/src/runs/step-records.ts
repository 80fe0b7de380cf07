import { repositories, transaction, type DataSource } from '@cairn/dao';
import type { RunRef, SettledStep, StepFailure } from '@cairn/pipeline';
import { settledStep } from '../steps/settled-step.js';

/**
 * Records that a step failed for good, and that others can never run because of it.
 *
 * @returns how the step ended. An attempt may be given up, e.g. for a heartbeat that was late, after its result has
 *   been recorded: then the step is done, and nothing is blocked.
 */
export async function failStep(dataSource: DataSource, failure: StepFailure): Promise<SettledStep> {
  const { tenantId, runId, stepId, code, message, blocked } = failure;
  return transaction(dataSource, async tx => {
    await tx.steps.failStep(tenantId, runId, stepId, { error: message, errorCode: code });
    const row = await tx.steps.getStep(tenantId, runId, stepId);
    const recorded = row && settledStep(row);
    if (recorded?.kind === 'done') return recorded;
    await tx.steps.skipSteps(tenantId, runId, blocked, 'blocked');
    return recorded ?? { kind: 'failed', code, message };
  });
}

/** Records that steps are left out because their condition is false. */
export async function skipByCondition(
  dataSource: DataSource,
  { tenantId, runId }: RunRef,
  stepIds: readonly string[],
): Promise<void> {
  await repositories(dataSource).steps.skipSteps(tenantId, runId, stepIds, 'condition_false');
}
