import { repositories, transaction } from '@cairn/dao';
import { CairnError } from '@cairn/dto';
import type { GateSettling, OpenGate, SettledStep } from '@cairn/pipeline';
import type { Engine } from '../engine.js';
import { settledStep } from '../steps/settled-step.js';
import { gateEvent } from './gate-events.js';
import { verdictOf } from './verdict.js';

/**
 * Ends the step of a gate that is decided. One that nobody has decided when its time is over is decided by its
 * default; it is the workflow that says so, not the database's clock.
 *
 * @returns how the step has ended, or that the gate is still open
 */
export async function settleGate(
  { dataSource }: Pick<Engine, 'dataSource'>,
  { tenantId, runId, stepId, expired }: GateSettling,
): Promise<SettledStep | OpenGate> {
  await transaction(dataSource, async tx => {
    const [row] = await tx.steps.lockSteps(tenantId, runId, [stepId]);
    const open = await tx.gates.getGateOfStep(tenantId, runId, stepId);
    if (row?.status !== 'running' || !open) return;
    const decidedNow = expired && (await tx.gates.expire(tenantId, open.id));
    const gate = (await tx.gates.getGate(tenantId, open.id))!;
    if (gate.status !== 'approved' && gate.status !== 'rejected') return;
    if (decidedNow) await tx.events.append([gateEvent(gate)]);
    await tx.steps.completeStep(tenantId, runId, stepId, {
      outputArtifactIds: [],
      output: verdictOf(gate),
      cacheHit: false,
      durationMs: null,
    });
  });
  const { steps, gates } = repositories(dataSource);
  const row = await steps.getStep(tenantId, runId, stepId);
  const settled = row && settledStep(row);
  if (settled) return settled;
  const gate = await gates.getGateOfStep(tenantId, runId, stepId);
  if (!gate) throw new CairnError('RUN_UNKNOWN', `Run ${runId} has no gate ${stepId}`);
  return { kind: 'open', forMs: await gates.remainingMs(tenantId, gate.id) };
}
