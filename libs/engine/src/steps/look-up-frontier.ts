import { repositories, transaction, type RunStep } from '@cairn/dao';
import type { FrontierAnswer, SettledStep, StepRequest } from '@cairn/pipeline';
import type { Engine } from '../engine.js';
import { ByValue } from '../runs/by-value.js';
import { findReuses } from './find-reuses.js';
import { recordReuse } from './record-reuse.js';
import { settledStep } from './settled-step.js';

/**
 * Asks about each step of a ready frontier at once: keys, one query, hits recorded in one transaction. It may be
 * called again for the same steps; what was decided stays decided.
 *
 * @returns an answer for each request, in order. A step whose input cannot be prepared is a miss: its activity
 *   reports the reason.
 */
export async function lookUpFrontier(
  engine: Engine,
  requests: readonly StepRequest[],
): Promise<readonly FrontierAnswer[]> {
  const [first] = requests;
  if (!first) return [];
  const stepIds = requests.map(({ stepId }) => stepId);
  const before = await settledOf(engine, first, stepIds);
  const open = requests.filter(request => !before.has(request.stepId));
  const reuses = await findReuses(engine, open);
  // Should a collection have taken bytes a moment ago, nothing is recorded, and the steps are misses.
  if (reuses.length > 0) await transaction(engine.dataSource, tx => recordReuse(tx, engine, reuses));
  // Read again: what counts is what the records say, also when another attempt of this look-up was first.
  const after = reuses.length > 0 ? await settledOf(engine, first, stepIds) : before;
  const given = new ByValue();
  return requests.map(({ stepId }) => {
    const step = after.get(stepId);
    // Where it is too much for one answer, the step's own activity gives what is recorded.
    return step && given.takes(step) ? { kind: 'settled', step } : { kind: 'miss' };
  });
}

async function settledOf(
  engine: Engine,
  run: StepRequest,
  stepIds: readonly string[],
): Promise<ReadonlyMap<string, SettledStep>> {
  const rows = await repositories(engine.dataSource).steps.listSteps(run.tenantId, run.runId, stepIds);
  return new Map(
    rows.flatMap((row: RunStep) => {
      const settled = settledStep(row);
      return settled ? [[row.stepId, settled] as const] : [];
    }),
  );
}
