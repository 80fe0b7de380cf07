import { repositories, transaction, type RunStep } from '@cairn/dao';
import type { FrontierAnswer, SettledStep, StepRequest } from '@cairn/pipeline';
import type { Engine } from '../engine.js';
import { prepareStep, type PreparedStep } from './prepare-step.js';
import { recordReuse, type Reuse } from './record-reuse.js';
import { checkReusable, fromEntry, fromOutcome, isFreshFor, isSound, type Reusable } from './reusable.js';
import { settledStep } from './settled-step.js';

/**
 * What a look-up reads to verify hits; where there is more, the step's own activity does it, which has the time and
 * says that it lives. Bytes.
 */
const MOST_BYTES_READ = 64 * 2 ** 20;

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
  const before = await settledOf(engine, first);
  const open = requests.filter(request => !before.has(request.stepId));
  const reuses = await findReuses(engine, open);
  // Should a collection have taken bytes a moment ago, nothing is recorded, and the steps are misses.
  if (reuses.length > 0) await transaction(engine.dataSource, tx => recordReuse(tx, engine, reuses));
  // Read again: what counts is what the records say, also when another attempt of this look-up was first.
  const after = reuses.length > 0 ? await settledOf(engine, first) : before;
  return requests.map(({ stepId }) => {
    const step = after.get(stepId);
    return step ? { kind: 'settled', step } : { kind: 'miss' };
  });
}

async function settledOf(engine: Engine, run: StepRequest): Promise<ReadonlyMap<string, SettledStep>> {
  const rows = await repositories(engine.dataSource).steps.listSteps(run.tenantId, run.runId);
  return new Map(
    rows.flatMap((row: RunStep) => {
      const settled = settledStep(row);
      return settled ? [[row.stepId, settled] as const] : [];
    }),
  );
}

async function findReuses(engine: Engine, requests: readonly StepRequest[]): Promise<readonly Reuse[]> {
  const prepared = await Promise.all(
    requests.map(request => prepareStep(request, engine.skills, engine.resources).catch(() => undefined)),
  );
  const steps = prepared.filter(
    (step): step is PreparedStep => step !== undefined && step.request.policy.cache !== 'never',
  );
  const tenantId = requests[0]?.tenantId;
  if (tenantId === undefined || steps.length === 0) return [];
  const results = await resultsFor(engine, tenantId, steps);
  const candidates = steps.flatMap(step => {
    const result = results.get(step);
    return result ? [{ step, result }] : [];
  });
  const check = await checkReusable(
    engine,
    tenantId,
    candidates.map(({ result }) => result),
    { mostBytes: MOST_BYTES_READ },
  );
  return check.unread ? [] : candidates.filter(({ result }) => isSound(result, check));
}

/** Live entries; and for steps that have waited, what those gave that they waited for. */
async function resultsFor(
  engine: Engine,
  tenantId: string,
  steps: readonly PreparedStep[],
): Promise<ReadonlyMap<PreparedStep, Reusable>> {
  const { cache, claims } = repositories(engine.dataSource);
  const keys = steps.map(step => step.key.cacheKey);
  const entries = new Map((await cache.findLive(tenantId, keys)).map(entry => [entry.cacheKey, entry]));
  const results = new Map<PreparedStep, Reusable>();
  for (const step of steps) {
    const { request, key } = step;
    const entry = entries.get(key.cacheKey);
    if (entry && isFreshFor(request, entry)) results.set(step, fromEntry(entry));
    else if (request.waited) {
      const outcome = await claims.outcomeFor(tenantId, request.runId, request.stepId, key.cacheKey);
      if (outcome?.kind === 'succeeded' && isFreshFor(request, outcome))
        results.set(step, fromOutcome(outcome));
    }
  }
  return results;
}
