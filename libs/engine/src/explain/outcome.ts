import type { http } from '@cairn/dto';
import { references } from '@cairn/pipeline';
import type { Comparison, ExplainedStep } from './explained-step.js';
import { waitsFor } from './waits-for.js';

type Outcome = Pick<http.StepExplanation, 'outcome' | 'message'>;

/** What became of a step, and why, in one line. */
export function outcomeOf(
  explained: ExplainedStep,
  result: http.ReusedResult | undefined,
  comparison: Comparison,
): Outcome {
  const { step } = explained;
  switch (step.status) {
    case 'completed':
      if (step.kind !== 'step') return { outcome: 'executed', message: done(explained) };
      return step.cacheHit
        ? { outcome: 'adopted', message: `another step executed the same meanwhile: ${whoMade(result)}` }
        : { outcome: 'executed', message: `executed: ${whyExecuted(comparison)}` };
    case 'failed':
      return { outcome: 'failed', message: `failed: ${step.error ?? 'for an unknown reason'}` };
    case 'skipped':
      return skipped(explained, result);
    case 'running':
      if (step.waitingOn) return { outcome: 'waiting', message: waiting(explained) };
      return step.kind === 'step'
        ? { outcome: 'running', message: `executes: ${whyExecuted(comparison)}` }
        : { outcome: 'running', message: underWay(explained) };
    case 'pending':
      return { outcome: step.waitingOn ? 'waiting' : 'pending', message: waiting(explained) };
  }
}

/** The end of what is no execution of a skill. */
function done({ step: { kind, childRunId, output, madeByRunId } }: ExplainedStep): string {
  if (kind === 'child') return `run ${childRunId ?? madeByRunId ?? '?'} has completed`;
  if (kind === 'map') return 'all of its items have ended';
  const { approved, by, expired } = (output ?? {}) as { approved?: boolean; by?: string; expired?: boolean };
  const verdict = approved ? 'approved' : 'rejected';
  return expired ? `${verdict} by its deadline` : `${verdict} by ${by ?? 'somebody'}`;
}

function underWay({ step: { kind, childRunId } }: ExplainedStep): string {
  if (kind === 'child') return `run ${childRunId ?? '?'} is under way`;
  return kind === 'map' ? 'its items are under way' : 'it is being opened';
}

function skipped(explained: ExplainedStep, result: http.ReusedResult | undefined): Outcome {
  switch (explained.step.reason) {
    case 'cache_hit':
      return { outcome: 'reused', message: `taken from the cache: ${whoMade(result)}` };
    case 'condition_false':
      return { outcome: 'off', message: `left out: its condition is not true${conditionOf(explained)}` };
    case 'cancelled':
      return { outcome: 'cancelled', message: 'the run was cancelled before it began' };
    default: {
      const [first] = waitsFor(explained);
      return {
        outcome: 'blocked',
        message: `can never run: ${first?.message ?? 'what it needs has failed'}`,
      };
    }
  }
}

function conditionOf({ node }: ExplainedStep): string {
  const places = node?.when ? references(node.when).map(({ step, path }) => [step, ...path].join('/')) : [];
  return places.length > 0 ? ` (it reads ${places.join(', ')})` : '';
}

function waiting(explained: ExplainedStep): string {
  const [first, ...others] = waitsFor(explained);
  if (!first) return 'waits for a worker';
  return `waits: ${first.message}${others.length > 0 ? `; and ${others.length} more` : ''}`;
}

function whyExecuted({ against, changes }: Comparison): string {
  if (!against) return 'there is no earlier execution to compare it with';
  const [first, ...others] = changes;
  if (!first)
    return `nothing differs from run ${against.runId}, whose result was not in the cache any more, or was not wanted`;
  return `${first.message}${others.length > 0 ? `; and ${others.length} more` : ''}`;
}

function whoMade(result: http.ReusedResult | undefined): string {
  const { madeByRunId, madeByStepId, madeAt, hitCount, savesMs } = result ?? {};
  if (madeByRunId === undefined) return 'who made it is not known any more';
  const step = madeByStepId === undefined ? '' : ` (step ${madeByStepId})`;
  const at = madeAt === undefined ? '' : ` at ${madeAt}`;
  const used = hitCount === undefined ? '' : `; used ${hitCount} ${hitCount === 1 ? 'time' : 'times'}`;
  const saved = savesMs === undefined ? '' : `; saved ${(savesMs / 1000).toFixed(1)} s`;
  return `run ${madeByRunId}${step} made it${at}${used}${saved}`;
}
