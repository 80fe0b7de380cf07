import { digestOf, keyInput, NotJsonError } from '@cairn/canonical';
import { repositories, transaction, type Gate, type Repositories, type RunStep } from '@cairn/dao';
import { CairnError } from '@cairn/dto';
import type { GateOpening, OpenGate, SettledStep } from '@cairn/pipeline';
import type { Engine } from '../engine.js';
import { settledStep } from '../steps/settled-step.js';
import { gateEvent } from './gate-events.js';
import { verdictOf } from './verdict.js';

/** What a gate shows at most, as JSON: a person is to look at it. Bytes. */
const MOST_BYTES = 1024 * 1024;

/**
 * Takes a gate up: the first time, what it shows is recorded with its digest, and its step waits for approval, in one
 * transaction. Where a person has decided on exactly the same in a run that this one retries, that decision holds.
 *
 * @returns how its step has ended, or for how long it is open
 * @throws CairnError GATE_INPUT_INVALID, RUN_UNKNOWN, terminal
 */
export async function openGate(
  { dataSource }: Pick<Engine, 'dataSource'>,
  opening: GateOpening,
): Promise<SettledStep | OpenGate> {
  const { tenantId, runId, stepId, role, withinMs, otherwise } = opening;
  const shown = opening.shown ?? null;
  const shownDigest = digestOfShown(stepId, shown);
  await transaction(dataSource, async tx => {
    const [row] = await tx.steps.lockSteps(tenantId, runId, [stepId]);
    if (!row) throw new CairnError('RUN_UNKNOWN', `Run ${runId} has no gate ${stepId}`);
    // Another attempt was first, or the run has ended.
    if (row.status !== 'pending') return;
    await tx.gates.insertGate({ tenantId, runId, stepId, role, shown, shownDigest, otherwise, withinMs });
    await beginWaiting(tx, row, (await tx.gates.getGateOfStep(tenantId, runId, stepId))!);
  });
  const { steps, gates } = repositories(dataSource);
  const row = await steps.getStep(tenantId, runId, stepId);
  const settled = row && settledStep(row);
  if (settled) return settled;
  const gate = await gates.getGateOfStep(tenantId, runId, stepId);
  if (!gate) throw new CairnError('RUN_UNKNOWN', `Run ${runId} has no gate ${stepId}`);
  return { kind: 'open', forMs: await gates.remainingMs(tenantId, gate.id) };
}

async function beginWaiting(
  tx: Repositories,
  { tenantId, runId, stepId }: RunStep,
  gate: Gate,
): Promise<void> {
  const { id: gateId, role, shownDigest, deadlineAt } = gate;
  const key = { inputHash: shownDigest, cacheKey: null };
  await tx.steps.startAttempt(tenantId, runId, stepId, { attempt: 1, ...key });
  const earlier = await tx.gates.findDecided(tenantId, runId, { stepId, shownDigest });
  if (earlier) {
    await tx.gates.adopt(tenantId, gateId, earlier);
    const { status, decidedBy, comment, decidedAt } = earlier;
    const decided = { ...gate, status, decidedBy, comment, decidedAt };
    await tx.events.append([gateEvent(decided, { takenOverFrom: earlier.runId })]);
    await tx.steps.completeStep(tenantId, runId, stepId, {
      outputArtifactIds: [],
      output: verdictOf(earlier),
      cacheHit: true,
      durationMs: null,
      madeByRunId: earlier.runId,
    });
    return;
  }
  const waitingOn = { kind: 'approval' as const, gateId, role, deadlineAt: deadlineAt.toISOString() };
  await tx.steps.noteWaiting(tenantId, runId, stepId, { ...key, waitingOn });
  await tx.events.append([gateEvent(gate)]);
}

/** @throws CairnError GATE_INPUT_INVALID */
function digestOfShown(stepId: string, shown: unknown): string {
  const refuse = (rule: string) => new CairnError('GATE_INPUT_INVALID', `What ${stepId} shows ${rule}`);
  try {
    keyInput(shown);
  } catch (error) {
    if (error instanceof NotJsonError) throw refuse(`is not JSON: ${error.path} ${error.rule}`);
    throw error;
  }
  const size = Buffer.byteLength(JSON.stringify(shown));
  if (size > MOST_BYTES) throw refuse(`has ${size} bytes of JSON; ${MOST_BYTES} is the most`);
  return digestOf(shown);
}
