import { StoreUnavailableError } from '@cairn/artifact-store';
import { repositories } from '@cairn/dao';
import type { StepRequest } from '@cairn/pipeline';
import type { Engine } from '../engine.js';
import { prepareStep, type PreparedStep } from './prepare-step.js';
import type { Reuse } from './record-reuse.js';
import { traced } from '../tracer.js';
import { checkReusable, fromEntry, fromOutcome, isFreshFor, isSound, type Reusable } from './reusable.js';

/**
 * What a look-up reads to verify hits; where there is more, the step's own activity does it, which has the time and
 * says that it lives. Bytes.
 */
const MOST_BYTES_READ = 64 * 2 ** 20;

/**
 * The results that steps of one run may take instead of executing, their bytes there and right: keys, one query, a
 * look at the bytes. Nothing is recorded. A step whose input cannot be prepared has none: its activity reports why. While
 * the store is in trouble there are none either: the activities have the patience for it.
 *
 * @throws what the database throws
 */
export function findReuses(engine: Engine, requests: readonly StepRequest[]): Promise<readonly Reuse[]> {
  const [first] = requests;
  if (!first) return Promise.resolve([]);
  const facts = () => ({
    'cairn.run_id': first.runId,
    'cairn.tenant': first.tenantId,
    'cairn.steps': requests.map(({ stepId }) => stepId).join(','),
  });
  return traced(engine, 'cairn.look_up', facts, async say => {
    const reuses = await find(engine, first.tenantId, requests);
    const waited = new Set(requests.filter(request => request.waited).map(({ stepId }) => stepId));
    const adopted = reuses.filter(({ step }) => waited.has(step.request.stepId)).length;
    say({ 'cairn.hits': reuses.length - adopted, 'cairn.adopted': adopted });
    if (requests.length === 1) say({ 'cairn.cache': cacheWord(reuses.length, adopted) });
    return reuses;
  });
}

const cacheWord = (found: number, adopted: number) => (adopted > 0 ? 'adopted' : found > 0 ? 'hit' : 'miss');

async function find(
  engine: Engine,
  tenantId: string,
  requests: readonly StepRequest[],
): Promise<readonly Reuse[]> {
  const prepared = await Promise.all(
    requests.map(request => prepareStep(request, engine.skills, engine.resources).catch(() => undefined)),
  );
  const steps = prepared.filter(
    (step): step is PreparedStep => step !== undefined && step.request.policy.cache !== 'never',
  );
  if (steps.length === 0) return [];
  const results = await resultsFor(engine, tenantId, steps);
  const candidates = steps.flatMap(step => {
    const result = results.get(step);
    return result ? [{ step, result }] : [];
  });
  try {
    const found = candidates.map(({ result }) => result);
    const check = await checkReusable(engine, tenantId, found, { mostBytes: MOST_BYTES_READ });
    return check.unread ? [] : candidates.filter(({ result }) => isSound(result, check));
  } catch (error) {
    if (!(error instanceof StoreUnavailableError)) throw error;
    const fields = { runId: requests[0]?.runId, results: candidates.length, error: error.message };
    engine.log.warn(fields, 'results that may be there are not used: the store is in trouble');
    return [];
  }
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
